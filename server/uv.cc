#include "server/uv.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <thread>

#include "protocol/secret.h"
#include "server/socket.h"

namespace uvftpd::uv {
namespace {

constexpr unsigned kAcceptedInATurn = 16;

template <class Handle>
uv_handle_t* base(Handle* handle) {
  return reinterpret_cast<uv_handle_t*>(handle);
}

template <class Handle>
uv_stream_t* stream(Handle* handle) {
  return reinterpret_cast<uv_stream_t*>(handle);
}

template <class Handle>
int descriptor_of(const Handle* handle) {
  uv_os_fd_t fd = -1;
  uv_fileno(reinterpret_cast<const uv_handle_t*>(handle), &fd);
  return fd;
}

}  // namespace

// ---- Loop and Timer ----

Loop::Loop() : polled_(::epoll_create1(EPOLL_CLOEXEC)), wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  uv_loop_init(&loop_);
  loop_.data = this;
  uv_timer_init(&loop_, &timer_);
  uv_tcp_init(&loop_, &first_stream_);
  uv_poll_init(&loop_, &polled_poll_, polled_.get());
  uv_poll_start(&polled_poll_, UV_READABLE,
                [](uv_poll_t* poll, int, int) { static_cast<Loop*>(poll->loop->data)->call_ready(); });
  uv_unref(base(&polled_poll_));
  uv_poll_init(&loop_, &wake_poll_, wake_fd_.get());
  uv_poll_start(&wake_poll_, UV_READABLE,
                [](uv_poll_t* poll, int, int) { static_cast<Loop*>(poll->loop->data)->call_woken(); });
  uv_unref(base(&wake_poll_));
}

Loop::~Loop() {
  while (wakes_ > 0) uv_run(&loop_, UV_RUN_ONCE);  // jobs that nobody waits for
  while (wakers_ > 0) std::this_thread::yield();
  uv_close(base(&timer_), nullptr);
  uv_close(base(&first_stream_), nullptr);
  uv_close(base(&polled_poll_), nullptr);
  uv_close(base(&wake_poll_), nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);
  [[maybe_unused]] const int status = uv_loop_close(&loop_);
  assert(status == 0);
}

void Loop::run() { uv_run(&loop_, UV_RUN_DEFAULT); }
void Loop::stop() { uv_stop(&loop_); }

void Loop::arm() {
  std::uint64_t first = UINT64_MAX;
  for (const auto& [duration, ring] : rings_)
    if (ring.next != &ring) first = std::min(first, static_cast<const Timer*>(ring.next)->due_);
  armed_for_ = first == UINT64_MAX ? 0 : first;
  if (armed_for_ == 0) {
    uv_timer_stop(&timer_);
    return;
  }
  const std::uint64_t now = uv_now(&loop_);
  const auto fire = [](uv_timer_t* timer) { static_cast<Loop*>(timer->loop->data)->fire_timers(); };
  uv_timer_start(&timer_, fire, first > now ? first - now : 0, 0);
}

void Loop::fire_timers() {
  const std::uint64_t now = uv_now(&loop_);
  for (auto ring = rings_.begin(); ring != rings_.end();) {
    Link& head = ring->second;
    while (head.next != &head && static_cast<Timer*>(head.next)->due_ <= now) {
      auto* timer = static_cast<Timer*>(head.next);
      timer->stop();
      const auto on_expiry = timer->on_expiry_;  // the callback may destroy the timer
      on_expiry();
    }
    ring = head.next == &head ? rings_.erase(ring) : std::next(ring);
  }
  arm();
}

void Timer::start(std::chrono::milliseconds from_now) {
  stop();
  const auto duration = static_cast<std::uint64_t>(from_now.count());
  due_ = std::max<std::uint64_t>(loop_->now() + duration, 1);
  Link& head = loop_->rings_[duration];
  previous = head.previous;
  next = &head;
  previous->next = next->previous = this;
  ++loop_->started_;
  if (loop_->armed_for_ == 0 || due_ < loop_->armed_for_) loop_->arm();
}

void Timer::stop() {
  if (std::exchange(due_, 0) == 0) return;
  previous->next = next;
  next->previous = previous;
  if (--loop_->started_ == 0) loop_->arm();  // a loop with nothing else to wait for may end
}

// ---- Poll ----

void Loop::call_ready() {
  std::array<epoll_event, 64> events;
  const int count = ::epoll_wait(polled_.get(), events.data(), static_cast<int>(events.size()), 0);
  ready_ = std::span(events).first(static_cast<std::size_t>(std::max(count, 0)));
  while (!ready_.empty()) {
    auto* poll = static_cast<Poll*>(ready_.front().data.ptr);
    ready_ = ready_.subspan(1);
    if (!poll) continue;
    const auto on_ready = poll->on_ready_;  // the callback may destroy the Poll
    on_ready();
  }
}

void Poll::wait(For what) {
  if (is_waiting_ && std::exchange(what_, what) == what) return;
  const bool is_change = std::exchange(is_waiting_, true);
  what_ = what;
  epoll_event event{};
  event.events = what == For::reading ? EPOLLIN : EPOLLOUT;
  event.data.ptr = this;
  // As libuv: without memory for this, nobody would be served any more, and nobody would know.
  if (::epoll_ctl(loop_.polled_.get(), is_change ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd_, &event) != 0)
    std::abort();
  if (!is_change && loop_.waiting_polls_++ == 0) uv_ref(base(&loop_.polled_poll_));
}

void Poll::stop() {
  if (is_waiting_) ::epoll_ctl(loop_.polled_.get(), EPOLL_CTL_DEL, fd_, nullptr);
  forget();
}

void Poll::forget() {
  if (!std::exchange(is_waiting_, false)) return;
  if (--loop_.waiting_polls_ == 0) uv_unref(base(&loop_.polled_poll_));
  for (epoll_event& event : loop_.ready_)
    if (event.data.ptr == this) event.data.ptr = nullptr;
}

// ---- Wake ----

void Loop::call_woken() {
  eventfd_t count = 0;
  ::eventfd_read(wake_fd_.get(), &count);
  {
    const std::lock_guard lock(mutex_);
    woken_.swap(sent_);
    for (Wake* wake : woken_) wake->is_sent_ = false;
  }
  for (Wake* const& wake : woken_) {  // a callback may destroy its Wake, and others
    if (!wake) continue;
    const auto on_wake = wake->on_wake_;
    on_wake();
  }
  woken_.clear();
}

Wake::Wake(Loop& loop, std::function<void()> on_wake) : loop_(loop), on_wake_(std::move(on_wake)) {
  if (loop_.wakes_++ == 0) uv_ref(base(&loop_.wake_poll_));
}

Wake::~Wake() {
  if (--loop_.wakes_ == 0) uv_unref(base(&loop_.wake_poll_));
  std::ranges::replace(loop_.woken_, this, nullptr);
  const std::lock_guard lock(loop_.mutex_);
  std::erase(loop_.sent_, this);
}

void Wake::send() {
  Loop& loop = loop_;
  ++loop.wakers_;
  bool is_first = false;
  {
    const std::lock_guard lock(loop.mutex_);
    if (!std::exchange(is_sent_, true)) {
      is_first = loop.sent_.empty();
      loop.sent_.push_back(this);
    }
  }
  if (is_first) ::eventfd_write(loop.wake_fd_.get(), 1);
  --loop.wakers_;
}

// ---- Tcp ----

Tcp::Tcp(Loop& loop, Descriptor connected) : block_(new Block{{}, nullptr, false}) {
  uv_tcp_init(loop.get(), &block_->handle);
  block_->handle.data = block_.get();
  uv_tcp_open(&block_->handle, connected.release());
}

void Tcp::read(User& user) {
  block_->user = &user;
  // libuv would read 32 times before it looks at anybody else; lent nothing, it goes on to the next.
  const auto lend = [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
    const auto scratch = static_cast<Loop*>(handle->loop->data)->scratch();
    const bool is_over = std::exchange(static_cast<Block*>(handle->data)->has_had_its_turn, false);
    *buffer = uv_buf_init(scratch.data(), is_over ? 0 : static_cast<unsigned>(scratch.size()));
  };
  const auto take = [](uv_stream_t* handle, ssize_t count, const uv_buf_t* buffer) {
    auto* block = static_cast<Block*>(handle->data);
    User* reader = block->user;
    if (count > 0) {
      block->has_had_its_turn = static_cast<std::size_t>(count) == buffer->len;
      reader->received({buffer->base, static_cast<std::size_t>(count)});
      return wipe(buffer->base, static_cast<std::size_t>(count));  // it may have been a password
    }
    if (count == 0 || count == UV_ENOBUFS) return;
    uv_read_stop(handle);
    reader->ended(count == UV_EOF ? 0 : static_cast<int>(-count));
  };
  uv_read_start(stream(&block_->handle), lend, take);
}

void Tcp::pause() { uv_read_stop(stream(&block_->handle)); }

void Tcp::write(std::string bytes) {
  struct Write {
    uv_write_t request;
    std::string bytes;
  };
  std::size_t sent = 0;
  if (unsent() == 0) {
    uv_buf_t all = uv_buf_init(bytes.data(), static_cast<unsigned>(bytes.size()));
    const int count = uv_try_write(stream(&block_->handle), &all, 1);
    if (count > 0) sent = static_cast<std::size_t>(count);
    if (sent == bytes.size()) return;
  }
  auto* write = new Write{{}, std::move(bytes)};
  write->request.data = write;
  const uv_buf_t rest =
      uv_buf_init(write->bytes.data() + sent, static_cast<unsigned>(write->bytes.size() - sent));
  uv_write(&write->request, stream(&block_->handle), &rest, 1, [](uv_write_t* request, int status) {
    const std::unique_ptr<Write> owned(static_cast<Write*>(request->data));
    auto* block = static_cast<Block*>(request->handle->data);
    if (uv_is_closing(base(request->handle)) || !block->user) return;
    if (status != 0 || block->handle.write_queue_size == 0) block->user->written(-status);
  });
}

int Tcp::fd() const { return descriptor_of(&block_->handle); }

// ---- Listener ----

Listener::Listener(Loop& loop, Descriptor listening, std::function<void(Tcp, const SocketAddress&)> on_accept)
    : loop_(loop),
      listening_(std::move(listening)),
      on_accept_(std::move(on_accept)),
      poll_(loop, listening_.get(), [this] { accept(); }),
      retry_timer_(loop, [this] { resume(); }) {
  poll_.wait(Poll::For::reading);
}

void Listener::accept() {
  constexpr std::chrono::milliseconds kRetryAfter{100};
  for (unsigned i = 0; i < kAcceptedInATurn && state_ == State::listening; ++i) {
    Accepted taken = accept_from(listening_.get());
    if (taken.error == EAGAIN) return;
    if (taken.error != 0) {
      pause();
      return retry_timer_.start(kRetryAfter);
    }
    on_accept_(Tcp(loop_, std::move(taken.socket)), taken.peer);
  }
}

void Listener::pause() {
  state_ = State::paused;
  poll_.stop();
}

void Listener::resume() {
  state_ = State::listening;
  retry_timer_.stop();
  poll_.wait(Poll::For::reading);
}

// ---- Signal and TurnEnd ----

namespace {

template <class Handle, class... Details>
void call_back(Handle* handle, Details...) {
  static_cast<CallbackBlock<Handle>*>(handle->data)->callback();
}

}  // namespace

Signal::Signal(Loop& loop, int number, std::function<void()> on_signal)
    : block_(new CallbackBlock<uv_signal_t>(std::move(on_signal))) {
  uv_signal_init(loop.get(), &block_->handle);
  uv_signal_start(&block_->handle, call_back, number);
}

TurnEnd::TurnEnd(Loop& loop, std::function<void()> on_turn_end)
    : block_(new CallbackBlock<uv_prepare_t>(std::move(on_turn_end))) {
  uv_prepare_init(loop.get(), &block_->handle);
  uv_prepare_start(&block_->handle, call_back);
  uv_unref(base(&block_->handle));
}

}  // namespace uvftpd::uv
