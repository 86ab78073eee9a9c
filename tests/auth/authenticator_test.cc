// Who may log in, and that the time of the answer tells nothing about who exists.
#include "auth/authenticator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "auth/password_hash.h"

namespace uvftpd {
namespace {

std::string cheap(const std::string& password) {
  return hash_password(password, HashCost::session).value_or("");
}
std::string dear(const std::string& password) {
  return hash_password(password, HashCost::lasting).value_or("");
}

std::chrono::nanoseconds processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Of the processor, not of the wall: what else runs on the machine does not count. The least of a few tries.
std::chrono::nanoseconds time_to_refuse(const Authenticator& authenticator, const std::string& name,
                                        const std::string& password) {
  auto least = std::chrono::nanoseconds::max();
  for (int i = 0; i < 5; ++i) {
    const auto begin = processor_time();
    EXPECT_FALSE(authenticator.accepts(name, password));
    least = std::min(least, processor_time() - begin);
  }
  return least;
}

TEST(Authenticator, AcceptsTheRightPasswordOfTheRightUser) {
  const Authenticator authenticator({{"alice", cheap("wonder")}, {"bob", cheap("builder")}});
  EXPECT_TRUE(authenticator.accepts("alice", "wonder"));
  EXPECT_TRUE(authenticator.accepts("bob", "builder"));
  EXPECT_FALSE(authenticator.accepts("alice", "builder"));
  EXPECT_FALSE(authenticator.accepts("bob", "wonder"));
}

TEST(Authenticator, NamesAreExactBytes) {
  const Authenticator authenticator({{"alice", cheap("wonder")}});
  for (const std::string name : {"Alice", "alice ", "alic", "", "alicea"})
    EXPECT_FALSE(authenticator.accepts(name, "wonder")) << name;
  EXPECT_FALSE(authenticator.accepts(std::string("alice\0", 6), "wonder"));
}

TEST(Authenticator, UnknownNameIsRefusedWithAnybodysPassword) {
  const Authenticator authenticator({{"alice", cheap("wonder")}});
  EXPECT_FALSE(authenticator.accepts("mallory", "wonder"));
  EXPECT_FALSE(authenticator.accepts("mallory", ""));
}

TEST(Authenticator, LockedAndBrokenEntriesAcceptNothing) {
  const std::string hash = cheap("wonder");
  const Authenticator authenticator(
      {{"locked", "!"}, {"paused", "!" + hash}, {"broken", "wonder"}, {"none", ""}});
  for (const std::string name : {"locked", "paused", "broken", "none"})
    for (const std::string password : {"", "!", "wonder"})
      EXPECT_FALSE(authenticator.accepts(name, password));
}

TEST(Authenticator, WithoutUsersAcceptsNobody) {
  const Authenticator authenticator({});
  EXPECT_FALSE(authenticator.accepts("alice", "wonder"));
  EXPECT_FALSE(authenticator.accepts("", ""));
}

TEST(Authenticator, RefusalsTakeAsLongAsAWrongPassword) {
  const Authenticator authenticator({{"alice", dear("wonder")}, {"locked", "!"}});
  const auto wrong = time_to_refuse(authenticator, "alice", "wrong");
  EXPECT_GT(time_to_refuse(authenticator, "mallory", "wrong"), wrong / 3);
  EXPECT_GT(time_to_refuse(authenticator, "locked", "wrong"), wrong / 3);
  EXPECT_GT(time_to_refuse(authenticator, "alice", std::string(kMaxPassword + 1, 'x')), wrong / 3);
  EXPECT_GT(time_to_refuse(authenticator, "mallory", std::string("a\0b", 3)), wrong / 3);
}

TEST(Authenticator, UnknownNameCostsTheSlowestSettingAmongTheUsers) {
  // "dear" first and last in the order of names: the slowest counts, not the first met.
  const Authenticator first({{"a", dear("wonder")}, {"b", cheap("builder")}});
  const Authenticator last({{"a", cheap("builder")}, {"b", dear("wonder")}});
  const auto slow = time_to_refuse(first, "a", "wrong");
  EXPECT_GT(slow, time_to_refuse(first, "b", "wrong") * 3);
  EXPECT_GT(time_to_refuse(first, "mallory", "wrong"), slow / 3);
  EXPECT_GT(time_to_refuse(last, "mallory", "wrong"), slow / 3);
}

TEST(Authenticator, WithoutUsersARefusalCostsTheDefaultSetting) {
  const Authenticator authenticator({});
  const Authenticator with_user({{"alice", dear("wonder")}});
  EXPECT_GT(time_to_refuse(authenticator, "alice", "wrong"), time_to_refuse(with_user, "alice", "wrong") / 3);
}

TEST(Authenticator, AnswersSeveralThreadsAtOnce) {
  const Authenticator authenticator({{"alice", cheap("wonder")}, {"bob", cheap("builder")}});
  std::atomic<int> wrong_answers = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 25; ++j) {
        if (!authenticator.accepts("alice", "wonder")) ++wrong_answers;
        if (!authenticator.accepts("bob", "builder")) ++wrong_answers;
        if (authenticator.accepts("alice", "builder")) ++wrong_answers;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong_answers, 0);
}

}  // namespace
}  // namespace uvftpd
