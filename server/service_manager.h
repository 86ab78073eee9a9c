// The service manager (systemd): what the daemon tells it, by the protocol of sd_notify(3), a datagram each.
//
// Its environment is read once and taken away. The socket is connected before the fences: behind them no
// other of its kind can be made, and Landlock lets nothing be sent to an abstract name. It logs nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/descriptor.h"

namespace uvftpd {

class ServiceManager {
 public:
  // What the environment says. To be made before there is a second thread.
  ServiceManager();

  // Whoever has the other end passes on what may be said.
  void tell_through(Descriptor messages) { socket_ = std::move(messages); }
  // What a generation said; nothing else than what is below, whatever it is.
  int pass_on(std::string_view message) const;  // 0 or errno

  bool is_there() const { return socket_.is_open(); }
  const std::string& trouble() const { return trouble_; }  // why it is not, although somebody said so
  // How long it waits for a sign of life; none: it does not.
  std::optional<std::chrono::microseconds> patience() const { return patience_; }

  // 0, or an errno. What the manager waits for waits for the manager too, for a second.
  int tell_ready(const std::string& status) const;
  int tell_reloading() const;  // tell_ready() follows, also where nothing was taken over
  int tell_stopping(const std::string& status) const;
  int tell_status(const std::string& status) const;
  int tell_alive() const;

 private:
  std::string trouble_;
  Descriptor socket_;
  std::optional<std::chrono::microseconds> patience_;
};

}  // namespace uvftpd
