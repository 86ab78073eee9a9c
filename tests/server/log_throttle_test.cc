// How many lines a client may cause, with a clock of the test's.
#include "server/log_throttle.h"

#include <gtest/gtest.h>

namespace uvftpd {
namespace {

const LogThrottle::Clock::time_point kStart{std::chrono::hours(1)};

TEST(LogThrottle, AdmitsABurstAndLeavesOutWhatComesMore) {
  LogThrottle throttle;
  for (unsigned i = 0; i < LogThrottle::kBurst; ++i) EXPECT_EQ(throttle.admit("a", kStart), 0U) << i;
  EXPECT_EQ(throttle.admit("a", kStart), std::nullopt);
}

TEST(LogThrottle, CountsWhatItLeftOut) {
  LogThrottle throttle;
  for (unsigned i = 0; i < LogThrottle::kBurst + 7; ++i) throttle.admit("a", kStart);
  EXPECT_EQ(throttle.admit("a", kStart + LogThrottle::kRefill), 7U);
  EXPECT_EQ(throttle.admit("a", kStart + 2 * LogThrottle::kRefill), 0U);
}

TEST(LogThrottle, LetsNobodyPayForAnother) {
  LogThrottle throttle;
  for (unsigned i = 0; i < LogThrottle::kBurst + 7; ++i) throttle.admit("a", kStart);
  EXPECT_EQ(throttle.admit("b", kStart), 0U);
}

TEST(LogThrottle, StaysBoundedWhateverComes) {
  LogThrottle throttle;
  for (unsigned i = 0; i < 100'000; ++i) EXPECT_EQ(throttle.admit(std::to_string(i), kStart), 0U);
}

}  // namespace
}  // namespace uvftpd
