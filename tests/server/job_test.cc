// Jobs on the pool: where they run, where they end, and what becomes of those that are forgotten.
#include "server/job.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <list>
#include <thread>
#include <vector>

namespace uvftpd {
namespace {

using uv::Loop;

TEST(Jobs, RunElsewhereAndEndHere) {
  Loop loop;
  const auto here = std::this_thread::get_id();
  std::thread::id ran, ended;
  Job<int> job(
      loop,
      [&] {
        ran = std::this_thread::get_id();
        return 7;
      },
      [&](int result) {
        ended = std::this_thread::get_id();
        EXPECT_EQ(result, 7);
      });
  loop.run();
  EXPECT_NE(ran, here);
  EXPECT_EQ(ended, here);
}

TEST(Jobs, ThatAreForgottenTellNobodyAndDropTheirResult) {
  Loop loop;
  std::latch begun{1}, may_go{1};
  auto job = std::make_unique<Job<std::unique_ptr<int>>>(
      loop,
      [&] {
        begun.count_down();
        may_go.wait();
        return std::make_unique<int>(1);
      },
      [](std::unique_ptr<int>) { FAIL(); });
  begun.wait();
  job.reset();
  may_go.count_down();
  loop.run();
}

TEST(Jobs, ThatAreForgottenWhenTheyAreOverTellNobody) {
  Loop loop;
  std::optional<Job<int>> first, second;
  std::latch over{2};
  const auto call = [&] {
    over.count_down();
    return 1;
  };
  int told = 0;
  first.emplace(loop, call, [&](int) {
    ++told;
    second.reset();
  });
  second.emplace(loop, call, [&](int) {
    ++told;
    first.reset();
  });
  over.wait();
  loop.run();
  EXPECT_EQ(told, 1);
}

TEST(Jobs, MayBeDestroyedInTheirOwnEnd) {
  Loop loop;
  std::optional<Job<int>> job;
  int result = 0;
  job.emplace(
      loop, [] { return 3; },
      [&](int made) {
        job.reset();
        result = made;
      });
  loop.run();
  EXPECT_EQ(result, 3);
}

// Keeps every thread of the pool at work until it is let go.
class Occupied {
 public:
  explicit Occupied(Loop& loop) {
    for (int i = 0; i < kThreads; ++i)
      detach(loop, [this] {
        begun_.count_down();
        may_go_.wait();
      });
    begun_.wait();
  }
  void let_go() { may_go_.count_down(); }

 private:
  static constexpr int kThreads = 4;
  std::latch begun_{kThreads}, may_go_{1};
};

TEST(Jobs, ThatAreForgottenBeforeTheyBeginNeverDo) {
  Loop loop;
  Occupied pool(loop);
  auto held = std::make_shared<int>(1);
  auto job = std::make_unique<Job<int>>(
      loop,
      [held] {
        ADD_FAILURE();
        return *held;
      },
      [](int) { FAIL(); });
  job.reset();
  EXPECT_EQ(held.use_count(), 1);  // at once, not when a thread has time
  pool.let_go();
  loop.run();
}

TEST(Jobs, WaitForAThreadAndAllEnd) {
  Loop loop;
  Occupied pool(loop);
  int ended = 0;
  std::list<Job<int>> jobs;
  for (int i = 0; i < 100; ++i)
    jobs.emplace_back(
        loop, [i] { return i; }, [&, i](int made) { ended += made == i ? 1 : 0; });
  pool.let_go();
  loop.run();
  EXPECT_EQ(ended, 100);
}

TEST(Detached, EndBeforeTheirLoop) {
  std::atomic<int> ended = 0;
  {
    Loop loop;
    for (int i = 0; i < 20; ++i) detach(loop, [&] { ++ended; });
  }
  EXPECT_EQ(ended, 20);
}

// A pool's threads are idle soon after it is made.
TEST(BothOfTwo, RunOnTwoThreadsWhereOneStaysIdle) {
  Pool pool(2);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::thread::id here, beside;
  while (here == beside && std::chrono::steady_clock::now() < end)
    run_both(
        pool,
        [&] {
          here = std::this_thread::get_id();
          std::this_thread::yield();
        },
        [&] { beside = std::this_thread::get_id(); });
  EXPECT_EQ(here, std::this_thread::get_id());
  EXPECT_NE(beside, here);
}

TEST(BothOfTwo, LeaveOneThreadToOthers) {
  Pool pool(1);
  for (int i = 0; i < 1000; ++i) {
    std::thread::id beside;
    run_both(
        pool, [] { std::this_thread::yield(); }, [&] { beside = std::this_thread::get_id(); });
    ASSERT_EQ(beside, std::this_thread::get_id());
  }
}

TEST(BothOfTwo, RunHereWhereNoThreadHasTime) {
  class Blocking final : public Pool::Work {
   public:
    void run() override {
      begun.count_down();
      may_go.wait();
    }
    std::latch begun{1}, may_go{1};
  } blocking;
  Pool pool(1);
  pool.submit(blocking);
  blocking.begun.wait();
  std::vector<std::thread::id> ran;
  run_both(
      pool, [&] { ran.push_back(std::this_thread::get_id()); },
      [&] { ran.push_back(std::this_thread::get_id()); });
  EXPECT_EQ(ran, std::vector(2, std::this_thread::get_id()));
  blocking.may_go.count_down();
}

TEST(BothOfTwo, MayBeJobsOfTheSamePool) {
  Loop loop;
  std::list<Job<int>> jobs;
  std::atomic<int> ran = 0;
  int sum = 0;
  for (int i = 0; i < 200; ++i)
    jobs.emplace_back(
        loop,
        [&] {
          run_both(
              shared_pool(), [&] { ++ran; }, [&] { ++ran; });
          return 1;
        },
        [&](int one) { sum += one; });
  loop.run();
  EXPECT_EQ(sum, 200);
  EXPECT_EQ(ran, 400);
}

}  // namespace
}  // namespace uvftpd
