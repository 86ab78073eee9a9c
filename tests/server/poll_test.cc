// Readiness on real loops and pipes: who is called, and who is not any more.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <list>
#include <memory>

#include "server/uv.h"

namespace uvftpd::uv {
namespace {

// Its reading end can be read from the beginning.
struct ReadyPipe {
  ReadyPipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    reading = Descriptor(ends[0]);
    writing = Descriptor(ends[1]);
    EXPECT_EQ(::write(ends[1], "x", 1), 1);
  }
  Descriptor reading, writing;
};

TEST(Polls, CallAgainUntilTheyAreStopped) {
  Loop loop;
  const ReadyPipe pipe;
  int calls = 0;
  std::optional<Poll> poll;
  poll.emplace(loop, pipe.reading.get(), [&] {
    if (++calls == 3) poll->stop();
  });
  poll->wait(Poll::For::reading);
  loop.run();  // ends, since nobody waits any more
  EXPECT_EQ(calls, 3);
}

TEST(Polls, MayBeDestroyedInTheirOwnCall) {
  Loop loop;
  const ReadyPipe pipe;
  int calls = 0;
  std::optional<Poll> poll;
  poll.emplace(loop, pipe.reading.get(), [&] {
    poll.reset();
    ++calls;
  });
  poll->wait(Poll::For::reading);
  loop.run();
  EXPECT_EQ(calls, 1);
}

TEST(Polls, ThatAreDestroyedByAnotherInTheSameTurnAreNotCalled) {
  Loop loop;
  const ReadyPipe one, other;
  int calls = 0;
  std::optional<Poll> first, second;
  const auto end_both = [&] {
    ++calls;
    first.reset();
    second.reset();
  };
  first.emplace(loop, one.reading.get(), end_both);
  second.emplace(loop, other.reading.get(), end_both);
  first->wait(Poll::For::reading);
  second->wait(Poll::For::reading);
  loop.run();
  EXPECT_EQ(calls, 1);
}

TEST(Polls, ThatForgetAClosedDescriptorAreNotCalledForTheNextOfItsNumber) {
  Loop loop;
  ReadyPipe one, other;
  const int number = other.reading.get();
  int calls = 0;
  std::optional<Poll> first, second, third;
  first.emplace(loop, one.reading.get(), [&] {
    second->forget();  // it is ready, too, and its turn is to come
    other.reading.close();
    other = ReadyPipe();
    EXPECT_EQ(other.reading.get(), number);
    third.emplace(loop, number, [&] {
      ++calls;
      third.reset();
    });
    third->wait(Poll::For::reading);
    first.reset();
  });
  second.emplace(loop, number, [] { FAIL() << "its descriptor is closed"; });
  first->wait(Poll::For::reading);
  second->wait(Poll::For::reading);
  loop.run();
  EXPECT_EQ(calls, 1);
}

TEST(Polls, ThatAreMadeAnewInTheSameTurnAreCalledInTheNext) {
  Loop loop;
  const ReadyPipe one, other;
  std::string calls;
  std::optional<Poll> first, second;
  const auto on_second = [&] {
    calls += 'b';
    second.reset();
  };
  first.emplace(loop, one.reading.get(), [&] {
    calls += 'a';
    second.emplace(loop, other.reading.get(), on_second);
    second->wait(Poll::For::reading);
    first.reset();
  });
  second.emplace(loop, other.writing.get(), [] { FAIL() << "it was replaced"; });
  first->wait(Poll::For::reading);
  loop.run();
  EXPECT_EQ(calls, "ab");
}

TEST(Polls, MayWaitForSomethingElse) {
  Loop loop;
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  const Descriptor ours(ends[0]), theirs(ends[1]);
  std::string calls;
  std::optional<Poll> poll;
  poll.emplace(loop, ours.get(), [&] {
    calls += calls.empty() ? 'w' : 'r';
    if (calls.size() == 3) return poll->stop();
    if (calls.size() == 1) {
      poll->wait(Poll::For::reading);  // nothing is there to be read yet
      EXPECT_EQ(::write(theirs.get(), "x", 1), 1);
    }
  });
  poll->wait(Poll::For::reading);
  poll->wait(Poll::For::writing);
  poll->wait(Poll::For::writing);  // the same once more is nothing new
  loop.run();                      // ends: however often it changed, it waited once
  EXPECT_EQ(calls, "wrr");
}

TEST(Polls, AreNotCalledForWhatTheyWaitForNoMore) {
  Loop loop;
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  const Descriptor ours(ends[0]), theirs(ends[1]);
  std::optional<Poll> poll;
  poll.emplace(loop, ours.get(), [] { FAIL() << "it could be written to, but waits to be read"; });
  Timer timer(loop, [&] { poll.reset(); });
  poll->wait(Poll::For::writing);
  poll->wait(Poll::For::reading);
  timer.start(std::chrono::milliseconds(20));
  loop.run();
}

TEST(Polls, AreAllCalledHoweverManyAreReady) {
  Loop loop;
  std::list<ReadyPipe> pipes(200);
  std::list<Poll> polls;
  std::size_t calls = 0;
  for (const ReadyPipe& pipe : pipes) {
    polls.emplace_back(loop, pipe.reading.get(), [&calls, &polls, index = polls.size()] {
      std::next(polls.begin(), static_cast<std::ptrdiff_t>(index))->stop();
      ++calls;
    });
    polls.back().wait(Poll::For::reading);
  }
  loop.run();
  EXPECT_EQ(calls, pipes.size());
}

}  // namespace
}  // namespace uvftpd::uv
