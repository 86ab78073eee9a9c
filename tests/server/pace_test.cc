// Paces, with a clock of the test's: what was paid for is waited for, by one session or by all of an account.
#include "server/pace.h"

#include <gtest/gtest.h>

namespace uvftpd {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMost = 256 * 1024;
const Pace::Clock::time_point kStart{std::chrono::hours(1)};

TEST(Pace, WithoutALimitNeverWaits) {
  Pace pace;
  pace.pay(1 << 30, kStart);
  EXPECT_EQ(pace.wait(kStart).count(), 0);
  EXPECT_EQ(pace.piece(kMost), kMost);
}

TEST(Pace, WaitsForWhatWasPaid) {
  Pace pace(1000);
  EXPECT_EQ(pace.wait(kStart).count(), 0);
  pace.pay(500, kStart);
  EXPECT_EQ(pace.wait(kStart), milliseconds(500));
  EXPECT_EQ(pace.wait(kStart + milliseconds(200)), milliseconds(300));
  EXPECT_EQ(pace.wait(kStart + milliseconds(900)).count(), 0);
}

TEST(Pace, SavesNothingUpWhileNobodyMoves) {
  Pace pace(1000);
  pace.pay(100, kStart);
  pace.pay(100, kStart + milliseconds(5000));
  EXPECT_EQ(pace.wait(kStart + milliseconds(5000)), milliseconds(100));
}

TEST(Pace, MovesInPiecesOfATwentiethOfASecond) {
  EXPECT_EQ(Pace(1'000'000).piece(kMost), 50'000U);
  EXPECT_EQ(Pace(1'000'000'000).piece(kMost), kMost);
  EXPECT_EQ(Pace(1).piece(kMost), 1U);
}

TEST(SharedPace, GivesEachItsTurnInTheOrderOfBooking) {
  SharedPace account(1000);
  EXPECT_EQ(account.book(100, kStart), kStart);
  EXPECT_EQ(account.book(100, kStart), kStart + milliseconds(100));
  EXPECT_EQ(account.book(100, kStart), kStart + milliseconds(200));
}

TEST(SharedPace, TakesBackWhatWasNotMoved) {
  SharedPace account(1000);
  account.book(100, kStart);
  account.correct(100, 10);
  EXPECT_EQ(account.book(100, kStart), kStart + milliseconds(10));
}

TEST(SharedPace, IsOwedWhatWasMovedBeyondTheBooking) {
  SharedPace account(1000);
  account.book(100, kStart);
  account.correct(100, 400);
  EXPECT_EQ(account.book(100, kStart), kStart + milliseconds(400));
}

TEST(Pacing, WithoutAnyLimitNeverWaits) {
  Pacing pacing;
  EXPECT_EQ(pacing.wait(kMost).count(), 0);
  pacing.pay(kMost);
  EXPECT_EQ(pacing.wait(kMost).count(), 0);
  EXPECT_EQ(pacing.piece(kMost), kMost);
}

TEST(Pacing, KeepsToTheSlowerOfBoth) {
  SharedPace account(1000);
  Pacing pacing(Pace(4000), &account);
  EXPECT_EQ(pacing.piece(kMost), 50U);
  EXPECT_EQ(pacing.wait(kMost).count(), 0);
  pacing.pay(50);
  EXPECT_LE(pacing.wait(kMost), milliseconds(50));
  EXPECT_GT(pacing.wait(kMost), milliseconds(12));  // what the session alone would wait
}

TEST(Pacing, PaysForATurnThatMovedMoreThanWasBooked) {
  SharedPace account(100'000'000);
  Pacing pacing(Pace(), &account);
  pacing.wait(kMost);
  pacing.pay(40 * kMost);
  EXPECT_GT(pacing.wait(kMost), milliseconds(90));  // 105, less what has passed
}

}  // namespace
}  // namespace uvftpd
