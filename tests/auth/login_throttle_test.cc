// LoginThrottle: who may try again when, and that its memory is bounded.
#include "auth/login_throttle.h"

#include <gtest/gtest.h>

namespace uvftpd {
namespace {

using std::chrono::seconds;

class Throttle : public testing::Test {
 protected:
  void fail(int times, const std::string& place = "a") {
    for (int i = 0; i < times; ++i) throttle.failed(place, now);
  }
  LoginThrottle throttle{3, seconds(10), 4};
  LoginThrottle::Time now = seconds(1000);
};

TEST_F(Throttle, LetsEverybodyTryAtFirst) {
  EXPECT_TRUE(throttle.may_try("a", now));
  EXPECT_EQ(throttle.failures("a", now), 0U);
}

TEST_F(Throttle, StopsAPlaceThatHasUsedItsFailuresAndNoOther) {
  fail(2);
  EXPECT_TRUE(throttle.may_try("a", now));
  fail(1);
  EXPECT_FALSE(throttle.may_try("a", now));
  EXPECT_TRUE(throttle.may_try("b", now));
}

TEST_F(Throttle, ForgivesOneFailureAfterTheOther) {
  fail(3);
  EXPECT_EQ(throttle.failures("a", now), 3U);
  now += seconds(10);
  EXPECT_EQ(throttle.failures("a", now), 2U);
  EXPECT_TRUE(throttle.may_try("a", now));
  fail(1);
  EXPECT_FALSE(throttle.may_try("a", now));
  now += seconds(30);
  EXPECT_EQ(throttle.failures("a", now), 0U);
}

TEST_F(Throttle, CountsNoMoreThanTheBurstHowOftenSoeverItFails) {
  fail(1000);
  EXPECT_EQ(throttle.failures("a", now), 3U);
  now += seconds(10);
  EXPECT_TRUE(throttle.may_try("a", now));
}

TEST_F(Throttle, ForgetsThePlaceThatIsForgivenSoonestWhenThereAreTooMany) {
  for (const auto* place : {"a", "b", "c"}) fail(3, place);
  fail(1, "little");
  fail(3, "new");
  for (const auto* place : {"a", "b", "c", "new"}) EXPECT_FALSE(throttle.may_try(place, now)) << place;
  EXPECT_EQ(throttle.failures("little", now), 0U);
}

TEST_F(Throttle, ForgetsNobodyWhileSomebodyIsForgiven) {
  for (const auto* place : {"old", "older"}) fail(1, place);
  now += seconds(10);
  for (const auto* place : {"a", "b", "c"}) fail(3, place);
  for (const auto* place : {"a", "b", "c"}) EXPECT_FALSE(throttle.may_try(place, now)) << place;
}

TEST(ThrottleWithoutABurst, LimitsNobody) {
  LoginThrottle throttle(0, seconds(10), 4);
  for (int i = 0; i < 100; ++i) throttle.failed("a", seconds(1));
  EXPECT_TRUE(throttle.may_try("a", seconds(1)));
}

}  // namespace
}  // namespace uvftpd
