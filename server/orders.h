// The supervisor's orders to a generation, as the generation hears them: lines on a stream, answered on it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "server/descriptor.h"
#include "server/uv.h"

namespace uvftpd {

class Orders {
 public:
  // `on_order` gets one whole line with its newline. It may answer, and must not destroy the Orders.
  Orders(uv::Loop& loop, const Descriptor& stream, std::function<void(std::string_view)> on_order);

  void answer(std::string_view text);

 private:
  void ready();
  void receive();
  void send();

  int stream_;
  std::function<void(std::string_view)> on_order_;
  std::string received_;
  std::string unsent_;
  uv::Poll poll_;
};

}  // namespace uvftpd
