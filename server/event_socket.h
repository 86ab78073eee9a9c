// Lines for another process: datagrams to a Unix socket that somebody else has bound.
//
// Nothing here ever waits. What the reader has no room for, or does not take since it is being restarted, is
// kept for a while, up to a bound; beyond it lines are dropped and counted, and the log tells. It is made
// before the fences and needs no new socket behind them. An abstract address is out of reach behind them.
#pragma once

#include <sys/un.h>

#include <deque>
#include <string>

#include "server/descriptor.h"
#include "server/uv.h"

namespace uvftpd {

class EventSocket {
 public:
  static constexpr std::size_t kMostWaiting = 1024;

  explicit EventSocket(uv::Loop& loop) : timer_(loop, [this] { flush(); }) {}

  int open(const std::string& path);  // empty: none. 0 or errno; whether anybody listens is not asked
  bool is_open() const { return socket_.is_open(); }
  void send(std::string line);

 private:
  void drop();
  void flush();
  bool has_taken(const std::string& line);
  void report(int error);

  Descriptor socket_;
  sockaddr_un address_ = {};
  std::deque<std::string> waiting_;
  std::uint64_t dropped_ = 0;  // since it was told that all is well
  enum class State : std::uint8_t { well, in_trouble } state_ = State::well;
  uv::Timer timer_;
};

}  // namespace uvftpd
