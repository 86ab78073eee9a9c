// Keeps PassiveAddresses true to the names in the configuration: resolves them at start, and again and again.
//
// Behind the fences nothing can be resolved. So a process begun before them does it, which can do nothing
// else: it has no capability, no file but its end of the channel and may write none; it gets no word from
// here, and what it says has a fixed size. It ends with this one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/descriptor.h"
#include "server/passive_address.h"
#include "server/uv.h"

namespace uvftpd {

class NameWatch {
 public:
  // Blocks until the names are resolved, 5 s at most: what is known later is taken then. To be made while
  // there is one thread, before the fences; `addresses` must live as long. Without names nothing is begun.
  NameWatch(uv::Loop& loop, PassiveAddresses& addresses, Milliseconds interval);

 private:
  friend struct NameResolver;
  struct Answer;
  int begin(Milliseconds interval);
  void await_first_answers();
  std::optional<Answer> next_answer();
  void receive();
  void take(const Answer& answer);

  PassiveAddresses& addresses_;
  const std::vector<std::string> names_;
  Descriptor channel_;
  std::optional<uv::Poll> poll_;
};

}  // namespace uvftpd
