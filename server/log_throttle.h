// How many lines of the log one client may cause: floods are counted, not written. Pure: the caller has the
// clock.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace uvftpd {

class LogThrottle {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr unsigned kBurst = 100;
  static constexpr std::chrono::milliseconds kRefill{50};  // for one more line

  // How many of this client's lines were left out before this one; none: this one is to be left out too.
  std::optional<unsigned> admit(const std::string& client, Clock::time_point now);

 private:
  // Bounded: of a flood from more places than this some begin anew.
  static constexpr std::size_t kMaxClients = 4096;
  struct Client {
    Clock::time_point paid_until = {};
    unsigned left_out = 0;
  };
  std::map<std::string, Client> clients_;
};

}  // namespace uvftpd
