// How many wrong passwords one place may try: a bucket of failures each, emptied with time.
//
// Bookkeeping only: the caller brings the time, and says what a place is. Its memory is bounded: of too many
// places the one that is forgiven soonest is forgotten.
#pragma once

#include <chrono>
#include <string>
#include <unordered_map>

namespace uvftpd {

class LoginThrottle {
 public:
  using Time = std::chrono::milliseconds;  // since whatever the caller likes, never backwards

  // A place may have `burst` failures, one of which is forgiven each `forgiving`. No burst: no limit.
  LoginThrottle(unsigned burst, Time forgiving, std::size_t max_places)
      : burst_(burst), forgiving_(forgiving), max_places_(max_places) {}

  bool may_try(const std::string& place, Time now) const {
    return burst_ == 0 || failures(place, now) < burst_;
  }
  void failed(const std::string& place, Time now);
  unsigned failures(const std::string& place, Time now) const;  // not forgiven yet

 private:
  void make_room(Time now);

  unsigned burst_;
  Time forgiving_;
  std::size_t max_places_;
  std::unordered_map<std::string, Time> forgiven_at_;  // the last of a place's failures
};

}  // namespace uvftpd
