// The lifetime rule of uv.h, and the timers' order, on real loops.
#include "server/uv.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

namespace uvftpd::uv {
namespace {

using std::chrono::milliseconds;

TEST(Timers, ExpireInTheOrderOfTheirTimesWhateverTheOrderOfStarting) {
  Loop loop;
  std::string order;
  Timer b(loop, [&] { order += 'b'; }), a(loop, [&] { order += 'a'; }), c(loop, [&] { order += 'c'; });
  b.start(milliseconds(20));
  a.start(milliseconds(1));
  c.start(milliseconds(40));
  loop.run();
  EXPECT_EQ(order, "abc");
}

TEST(Timers, MovedByARestartExpireOnce) {
  Loop loop;
  int expired = 0;
  Timer timer(loop, [&] { ++expired; });
  for (int i = 0; i < 1000; ++i) timer.start(milliseconds(5));
  loop.run();
  EXPECT_EQ(expired, 1);
}

TEST(Timers, ThatAreStoppedLetTheLoopEnd) {
  Loop loop;
  Timer timer(loop, [] { FAIL(); });
  timer.start(std::chrono::hours(1));
  timer.stop();
  loop.run();
}

TEST(Timers, MayBeDestroyedInTheirOwnCallback) {
  Loop loop;
  std::unique_ptr<Timer> timer;
  std::string said;
  timer =
      std::make_unique<Timer>(loop, [&, word = std::string("a word longer than its place in the object")] {
        timer.reset();
        said = word;
      });
  timer->start(milliseconds(1));
  loop.run();
  EXPECT_EQ(said, "a word longer than its place in the object");
}

TEST(Timers, MayDestroyAnotherThatIsDueAtTheSameTime) {
  Loop loop;
  std::unique_ptr<Timer> second = std::make_unique<Timer>(loop, [] { FAIL(); });
  Timer first(loop, [&] { second.reset(); });
  first.start(milliseconds(1));
  second->start(milliseconds(1));
  loop.run();
}

TEST(Wakes, CallOnceForAllThatWasSentBefore) {
  Loop loop;
  int calls = 0;
  std::optional<Wake> wake;
  wake.emplace(loop, [&] {
    ++calls;
    wake.reset();
  });
  for (int i = 0; i < 10; ++i) wake->send();
  loop.run();
  EXPECT_EQ(calls, 1);
}

TEST(Wakes, ThatAreSentInACallbackComeInTheNextTurn) {
  Loop loop;
  std::string order;
  std::optional<Wake> again, other;
  again.emplace(loop, [&] {
    order += 'a';
    if (order.size() < 4) return again->send();
    again.reset();
    other.reset();
  });
  other.emplace(loop, [&] { order += 'o'; });
  again->send();
  other->send();
  loop.run();
  EXPECT_EQ(order, "aoaa");
}

TEST(Wakes, MayDestroyAnotherThatWasSentWithThem) {
  Loop loop;
  std::optional<Wake> first, second;
  first.emplace(loop, [&] {
    second.reset();
    first.reset();
  });
  second.emplace(loop, [] { FAIL(); });
  first->send();
  second->send();
  loop.run();
}

TEST(TurnEnds, ComeOnceBehindAllThatHappenedTogether) {
  Loop loop;
  std::string order;
  Timer last(loop, [] {});
  last.start(milliseconds(60));
  std::optional<TurnEnd> end;
  end.emplace(loop, [&] {
    if (!order.empty() && order.back() != '.') order += '.';
  });
  Timer a(loop, [&] { order += 'a'; }), b(loop, [&] { order += 'b'; }), later(loop, [&] { order += 'l'; });
  a.start(milliseconds(1));
  b.start(milliseconds(1));
  later.start(milliseconds(40));
  loop.run();
  EXPECT_EQ(order, "ab.l.");
  end.reset();
  last.start(milliseconds(1));
  loop.run();
  EXPECT_EQ(order, "ab.l.");
}

TEST(Mailboxes, LoseNothingOfManySenders) {
  constexpr int kSenders = 4, kMessages = 2000;
  Loop loop;
  int taken = 0;
  std::optional<Mailbox<int>> mailbox;
  mailbox.emplace(loop, [&](int) {
    if (++taken == kSenders * kMessages) loop.stop();
  });
  std::vector<std::thread> senders;
  for (int i = 0; i < kSenders; ++i)
    senders.emplace_back([&] {
      for (int j = 0; j < kMessages; ++j) mailbox->post(j);
    });
  loop.run();
  for (std::thread& sender : senders) sender.join();
  mailbox.reset();
  EXPECT_EQ(taken, kSenders * kMessages);
}

TEST(Mailboxes, KeepTheOrderOfOneSender) {
  Loop loop;
  std::vector<int> taken;
  std::optional<Mailbox<int>> mailbox;
  mailbox.emplace(loop, [&](int message) {
    taken.push_back(message);
    if (message == 99) loop.stop();
  });
  std::thread sender([&] {
    for (int i = 0; i < 100; ++i) mailbox->post(i);
  });
  loop.run();
  sender.join();
  mailbox.reset();
  ASSERT_EQ(taken.size(), 100U);
  EXPECT_TRUE(std::is_sorted(taken.begin(), taken.end()));
}

}  // namespace
}  // namespace uvftpd::uv
