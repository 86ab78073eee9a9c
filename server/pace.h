// How fast bytes may move. Each transfer pays for what it has moved, and waits until all that was paid for is
// due: in pieces of 50 ms' worth, so that it is smooth, and for an account's transfers alike, so that it is
// fair.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace uvftpd {

// One session's. A rate of 0 is no limit.
class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  Pace() = default;
  explicit Pace(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}

  bool is_limited() const { return rate_ > 0; }
  std::size_t piece(std::size_t most) const;  // what may move at one go
  void pay(std::uint64_t bytes, Clock::time_point now);
  void correct(std::uint64_t paid, std::uint64_t moved) { due_ += cost(moved) - cost(paid); }
  std::chrono::nanoseconds wait(Clock::time_point now) const;  // until the next piece; zero: at once

 private:
  Clock::duration cost(std::uint64_t bytes) const;

  std::uint64_t rate_ = 0;  // bytes a second
  Clock::time_point due_ = {};
};

// That of all sessions of an account together: used from any thread.
class SharedPace {
 public:
  explicit SharedPace(std::uint64_t bytes_per_second) : pace_(bytes_per_second) {}
  bool is_limited() const { return pace_.is_limited(); }
  std::size_t piece(std::size_t most) const { return pace_.piece(most); }
  Pace::Clock::time_point book(std::uint64_t bytes, Pace::Clock::time_point now);  // when it is their turn
  void correct(std::uint64_t booked, std::uint64_t moved);                         // what its turn came to

 private:
  std::mutex mutex_;
  Pace pace_;
};

// What one transfer keeps to: wait(), then move at most piece(), then pay() for it, again and again.
class Pacing {
 public:
  Pacing() = default;
  Pacing(Pace session, SharedPace* account) : session_(session), account_(account) {}

  bool is_limited() const { return session_.is_limited() || (account_ && account_->is_limited()); }
  std::size_t piece(std::size_t most) const;
  std::chrono::milliseconds wait(std::size_t most);  // rounded up
  void pay(std::uint64_t bytes);                     // none: its turn is given to others

 private:
  Pace session_;
  SharedPace* account_ = nullptr;  // outlives the transfer
  std::uint64_t booked_ = 0;       // of the account
  Pace::Clock::time_point turn_ = {};
};

}  // namespace uvftpd
