// The queue of logins whose passwords are checked: its order, its bounds, and its end.
#include "server/login_workers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "auth/password_hash.h"

namespace uvftpd {
namespace {

using Verdict = LoginWorkers::Verdict;
using Submitted = LoginWorkers::Submitted;

class Logins : public ::testing::Test {
 protected:
  Logins() {
    const std::string hash = hash_password("wonder", HashCost::session).value_or("");
    logins_.emplace(loop_, Authenticator({{"alice", hash}}), [this](std::uint64_t session, Verdict verdict) {
      verdicts_[session] = verdict;
      order_.push_back(session);
      if (order_.size() == wanted_) loop_.stop();
    });
  }
  void run_until(std::size_t verdicts) {
    wanted_ = verdicts;
    loop_.run();
  }

  uv::Loop loop_;
  std::size_t wanted_ = 0;
  std::map<std::uint64_t, Verdict> verdicts_;
  std::vector<std::uint64_t> order_;
  std::optional<LoginWorkers> logins_;
};

TEST_F(Logins, AreAcceptedAndRefused) {
  logins_->submit(1, "here", "alice", "wonder");
  logins_->submit(2, "here", "alice", "blunder");
  logins_->submit(3, "here", "bob", "wonder");
  run_until(3);
  EXPECT_EQ(verdicts_[1], Verdict::accepted);
  EXPECT_EQ(verdicts_[2], Verdict::refused);
  EXPECT_EQ(verdicts_[3], Verdict::refused);
}

TEST_F(Logins, OfAPlaceWhereFewerWaitComeEarlier) {
  for (std::uint64_t session = 1; session <= 60; ++session) logins_->submit(session, "many", "bob", "x");
  logins_->submit(61, "few", "bob", "x");
  run_until(61);
  // It begins as the fourth. How many end before it is for the scheduler to say: one of the two threads may
  // have to wait for a processor while the other goes on.
  EXPECT_LT(std::ranges::find(order_, 61U) - order_.begin(), 30);
}

TEST_F(Logins, OfOnePlaceDoNotFillTheQueue) {
  std::uint64_t session = 0;
  while (logins_->submit(++session, "many", "bob", "x") == Submitted::queued) ASSERT_LT(session, 1000U);
  EXPECT_EQ(logins_->submit(1001, "few", "bob", "x"), Submitted::queued);
}

TEST_F(Logins, EndWhileSomeRunAndSomeWait) {
  for (std::uint64_t session = 1; session <= 20; ++session)
    logins_->submit(session, "here", "alice", "wonder");
  logins_.reset();
  loop_.run();
  EXPECT_TRUE(verdicts_.empty());
}

}  // namespace
}  // namespace uvftpd
