#include "server/pace.h"

#include <algorithm>

namespace uvftpd {

std::size_t Pace::piece(std::size_t most) const {
  constexpr std::uint64_t kPiecesASecond = 20;
  if (!is_limited()) return most;
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(rate_ / kPiecesASecond, 1, most));
}

Pace::Clock::duration Pace::cost(std::uint64_t bytes) const {
  const std::chrono::duration<double> cost(static_cast<double>(bytes) / static_cast<double>(rate_));
  return std::chrono::duration_cast<Clock::duration>(cost);
}

void Pace::pay(std::uint64_t bytes, Clock::time_point now) {
  if (is_limited()) due_ = std::max(due_, now) + cost(bytes);
}

std::chrono::nanoseconds Pace::wait(Clock::time_point now) const {
  return std::max<std::chrono::nanoseconds>(due_ - now, std::chrono::nanoseconds(0));
}

Pace::Clock::time_point SharedPace::book(std::uint64_t bytes, Pace::Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  const auto turn = now + pace_.wait(now);
  pace_.pay(bytes, now);
  return turn;
}

void SharedPace::correct(std::uint64_t booked, std::uint64_t moved) {
  const std::lock_guard lock(mutex_);
  pace_.correct(booked, moved);
}

std::size_t Pacing::piece(std::size_t most) const {
  most = session_.piece(most);
  return account_ ? account_->piece(most) : most;
}

std::chrono::milliseconds Pacing::wait(std::size_t most) {
  if (!is_limited()) return {};
  const auto now = Pace::Clock::now();
  if (booked_ == 0 && account_ && account_->is_limited()) {
    booked_ = piece(most);
    turn_ = account_->book(booked_, now);
  }
  const auto until_turn = booked_ > 0 ? turn_ - now : std::chrono::nanoseconds(0);
  const auto longest = std::max<std::chrono::nanoseconds>(session_.wait(now), until_turn);
  return std::chrono::ceil<std::chrono::milliseconds>(std::max(longest, std::chrono::nanoseconds(0)));
}

void Pacing::pay(std::uint64_t bytes) {
  if (!is_limited()) return;
  if (bytes > 0) session_.pay(bytes, Pace::Clock::now());
  if (account_ && account_->is_limited() && booked_ != bytes) account_->correct(booked_, bytes);
  booked_ = 0;
}

}  // namespace uvftpd
