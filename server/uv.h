// libuv's loops, handles and requests as owned C++ objects; nothing else in the project includes uv.h.
//
// The one lifetime rule: an object owns its Timer, Poll, Tcp, Signal, Mailbox, TurnEnd and Job members, and
// when such a member is destroyed none of its callbacks runs any more. libuv needs a handle's memory for a
// while longer, so each member that is one is a thin owner of a block that frees itself in libuv's last
// callback. A member may be destroyed from inside its own callback. Callbacks are set once, at construction.
// No exception may leave a callback.
#pragma once

#include <sys/epoll.h>
#include <uv.h>

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
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
  std::uint64_t now() const { return uv_now(&loop_); }  // milliseconds of a monotonic clock
  // For bytes that are used up before the callback that got them returns.
  std::span<char> scratch() { return scratch_; }

 private:
  friend class Timer;
  friend class Poll;
  void fire_timers();
  void arm();
  void call_ready();

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

// Calls back in the loop's next turn; the base of Mailbox.
class Wake {
 public:
  Wake(Loop& loop, std::function<void()> on_wake);
  void send();  // from any thread

 private:
  OwnedBlock<CallbackBlock<uv_async_t>> block_;
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

// Each of the pool's threads makes this call before its first job. To be said before there is one.
void begin_pool_threads_with(void (*call)());
void on_pool_thread();  // for Job and detach

// A blocking call on libuv's thread pool. Destroying the Job forgets the call: it may still run, but its
// result is dropped (so a result that owns something must be an owning type).
template <class Result>
class Job {
 public:
  template <class Call, class Done>
  Job(Loop& loop, Call call, Done on_done)
      : block_(new Typed<Call, Done>(std::move(call), std::move(on_done), this)) {
    block_->request.data = block_;
    uv_queue_work(loop.get(), &block_->request, run, done);
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  ~Job() {
    if (!block_) return;
    block_->job = nullptr;
    uv_cancel(reinterpret_cast<uv_req_t*>(&block_->request));
  }

 private:
  struct Block {
    explicit Block(Job* owner) : job(owner) {}
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    virtual ~Block() = default;
    virtual Result call() = 0;
    virtual void finish(Result made) = 0;
    uv_work_t request = {};
    std::optional<Result> result;
    Job* job;
  };
  template <class Call, class Done>
  struct Typed final : Block {
    Typed(Call call_it, Done done_it, Job* owner)
        : Block(owner), call_function(std::move(call_it)), done_function(std::move(done_it)) {}
    Result call() override { return call_function(); }
    void finish(Result made) override { done_function(std::move(made)); }
    Call call_function;
    Done done_function;
  };

  static void run(uv_work_t* request) {
    on_pool_thread();
    auto* block = static_cast<Block*>(request->data);
    block->result.emplace(block->call());
  }
  static void done(uv_work_t* request, int) {
    const std::unique_ptr<Block> block(static_cast<Block*>(request->data));
    if (!block->job) return;
    block->job->block_ = nullptr;
    block->finish(std::move(*block->result));
  }

  Block* block_;
};

// A blocking call on the pool that nobody waits for.
template <class Call>
void detach(Loop& loop, Call call) {
  struct Work {
    uv_work_t request;
    Call call;
  };
  auto* work = new Work{{}, std::move(call)};
  work->request.data = work;
  uv_queue_work(
      loop.get(), &work->request,
      [](uv_work_t* request) {
        on_pool_thread();
        static_cast<Work*>(request->data)->call();
      },
      [](uv_work_t* request, int) { delete static_cast<Work*>(request->data); });
}

}  // namespace uvftpd::uv
