// libuv's loops, handles and requests as owned C++ objects; nothing else in the project includes uv.h.
//
// The one lifetime rule: an object owns its Timer, Poll, Wake, Tcp, Signal, Mailbox and TurnEnd members, and
// when such a member is destroyed none of its callbacks runs any more. libuv needs a handle's memory for a
// while longer, so each member that is one is a thin owner of a block that frees itself in libuv's last
// callback. A member may be destroyed from inside its own callback. Callbacks are set once, at construction.
// No exception may leave a callback.
#pragma once

#include <sys/epoll.h>
#include <uv.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/address.h"
#include "server/descriptor.h"

namespace uvftpd::uv {

// A block is a handle and what belongs to it: owned here, and freed in libuv's last callback for the handle.
struct CloseBlock {
  template <class Block>
  void operator()(Block* block) const {
    uv_close(reinterpret_cast<uv_handle_t*>(&block->handle),
             [](uv_handle_t* handle) { delete static_cast<Block*>(handle->data); });
  }
};
template <class Block>
using OwnedBlock = std::unique_ptr<Block, CloseBlock>;

// The block of a handle that has nothing to tell but that it happened.
template <class Handle>
struct CallbackBlock {
  explicit CallbackBlock(std::function<void()> call) : callback(std::move(call)) { handle.data = this; }
  CallbackBlock(const CallbackBlock&) = delete;
  CallbackBlock& operator=(const CallbackBlock&) = delete;
  ~CallbackBlock() = default;
  Handle handle{};
  std::function<void()> callback;
};

// A place in a ring; the ring's own member is its head.
struct Link {
  Link* previous = this;
  Link* next = this;
};

class Poll;
class Wake;

// A loop, run by the thread that calls run(). Must outlive everything made on it.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();  // until nothing is left that could make an event
  void stop();
  uv_loop_t* get() { return &loop_; }
  std::uint64_t now() const { return uv_now(&loop_); }          // milliseconds of a monotonic clock
  std::size_t waiting_polls() const { return waiting_polls_; }  // those between wait() and stop()
  // For bytes that are used up before the callback that got them returns.
  std::span<char> scratch() { return scratch_; }

 private:
  friend class Timer;
  friend class Poll;
  friend class Wake;
  void fire_timers();
  void arm();
  void call_ready();
  void call_woken();

  uv_loop_t loop_;
  uv_timer_t timer_;  // the one handle behind all Timers
  // With its first stream libuv opens a spare descriptor: now, since behind the fences it cannot.
  uv_tcp_t first_stream_;
  // Timers of one duration wait in one ring, the next to expire first: however many there are, one is
  // started, moved or stopped in constant time. There are few durations. A Link must not move: a map keeps it
  // in place.
  std::map<std::uint64_t, Link> rings_;
  std::uint64_t armed_for_ = 0;  // 0: not armed
  std::size_t started_ = 0;
  // What Polls wait for: an epoll set of our own within libuv's, whose uv_poll_t makes five system calls for
  // a descriptor that is waited for once.
  Descriptor polled_;
  uv_poll_t polled_poll_;
  std::size_t waiting_polls_ = 0;
  std::span<epoll_event> ready_;  // those of this turn whose turn is to come
  // Wakes are a list and an eventfd of our own: libuv's loop spins until who wakes it is out of the kernel.
  Descriptor wake_fd_;
  uv_poll_t wake_poll_;
  std::size_t wakes_ = 0;
  std::atomic<unsigned> wakers_ = 0;  // threads within send()
  std::mutex mutex_;                  // for sent_
  std::vector<Wake*> sent_, woken_;   // woken: called in this turn
  std::array<char, 4096> scratch_;
};

// Expires once after each start(), by the monotonic clock.
class Timer : Link {
 public:
  Timer(Loop& loop, std::function<void()> on_expiry) : loop_(&loop), on_expiry_(std::move(on_expiry)) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() { stop(); }

  void start(std::chrono::milliseconds from_now);  // or restart
  void stop();
  bool is_started() const { return due_ != 0; }

 private:
  friend class Loop;
  Loop* loop_;
  std::function<void()> on_expiry_;
  std::uint64_t due_ = 0;  // 0: not started
};

// Readiness of a descriptor, which must stay open longer than the Poll.
class Poll {
 public:
  enum class For : std::uint8_t { reading, writing };
  // on_ready() is also called on an error: the next call tells it.
  Poll(Loop& loop, int fd, std::function<void()> on_ready)
      : loop_(loop), fd_(fd), on_ready_(std::move(on_ready)) {}
  Poll(const Poll&) = delete;
  Poll& operator=(const Poll&) = delete;
  ~Poll() { stop(); }
  void wait(For what);  // goes on until stop(), or for something else
  void stop();
  bool is_waiting() const { return is_waiting_; }
  void forget();  // stop() of a descriptor that is closed next, which is known nowhere else: a call less

 private:
  friend class Loop;
  Loop& loop_;
  int fd_;
  std::function<void()> on_ready_;
  bool is_waiting_ = false;
  For what_ = For::reading;
};

// A control connection's stream.
class Tcp {
 public:
  class User {
   public:
    virtual void received(std::string_view bytes) = 0;
    virtual void ended(int status) = 0;    // 0: the peer sends no more; else the error
    virtual void written(int status) = 0;  // everything unsent has left, or the error
   protected:
    ~User() = default;
  };

  Tcp(Loop& loop, Descriptor connected);
  void read(User& user);  // begins, or goes on after pause()
  void pause();
  void write(std::string bytes);  // what does not leave at once is told by User::written
  std::size_t unsent() const { return block_->handle.write_queue_size; }
  int fd() const;

 private:
  struct Block {
    uv_tcp_t handle;
    User* user;
    bool has_had_its_turn;  // a whole buffer was read: the others' turn
  };
  OwnedBlock<Block> block_;
};

// Calls back in the loop's next turn, once for all that was sent before; the base of Mailbox and of jobs.
// Made and destroyed by the loop's thread, or while it does not run; the loop does not end before its Wakes.
class Wake {
 public:
  Wake(Loop& loop, std::function<void()> on_wake);
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;
  ~Wake();
  void send();  // from any thread; the callback may come, and destroy the Wake, before it returns

 private:
  friend class Loop;
  Loop& loop_;
  std::function<void()> on_wake_;
  bool is_sent_ = false;  // under the loop's mutex
};

// Calls back whenever the loop has seen to everything that happened and is about to wait.
class TurnEnd {
 public:
  TurnEnd(Loop& loop, std::function<void()> on_turn_end);

 private:
  OwnedBlock<CallbackBlock<uv_prepare_t>> block_;
};

// Accepts control connections, a few at a time: those who are connected already have their turn between. By
// itself, since libuv answers a want of descriptors by closing connections, with one that it cannot open
// again behind the fences; here clients wait in the kernel's queue until there are some.
class Listener {
 public:
  // `listening` is a socket that listens already.
  Listener(Loop& loop, Descriptor listening, std::function<void(Tcp, const SocketAddress& peer)> on_accept);
  int fd() const { return listening_.get(); }
  void pause();
  void resume();

 private:
  void accept();

  Loop& loop_;
  Descriptor listening_;
  std::function<void(Tcp, const SocketAddress&)> on_accept_;
  Poll poll_;
  Timer retry_timer_;  // there was no descriptor
  enum class State : std::uint8_t { listening, paused } state_ = State::listening;
};

class Signal {
 public:
  Signal(Loop& loop, int number, std::function<void()> on_signal);

 private:
  OwnedBlock<CallbackBlock<uv_signal_t>> block_;
};

// Messages from other threads, taken in order on the owner's loop. No thread may post once it is destroyed.
template <class Message>
class Mailbox {
 public:
  Mailbox(Loop& loop, std::function<void(Message)> on_message)
      : on_message_(std::move(on_message)), wake_(loop, [this] { deliver(); }) {}

  void post(Message message) {
    {
      const std::lock_guard lock(mutex_);
      messages_.emplace_back(std::move(message));
    }
    wake_.send();
  }

 private:
  void deliver() {
    std::vector<Message> taken;
    {
      const std::lock_guard lock(mutex_);
      taken.swap(messages_);
    }
    for (Message& message : taken) on_message_(std::move(message));
  }

  std::mutex mutex_;
  std::vector<Message> messages_;
  std::function<void(Message)> on_message_;
  Wake wake_;
};

}  // namespace uvftpd::uv
