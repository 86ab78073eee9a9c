// The one thread's waiting: descriptors and who is told of them. Events are hints: whoever is told must cope
// with a descriptor that has nothing for it, since another of the same turn may have closed it and opened a
// new one.
#ifndef UVFTPD_TESTS_BENCH_POLLER_H_
#define UVFTPD_TESTS_BENCH_POLLER_H_

#include <sys/epoll.h>

#include <cstdint>

#include "tests/bench/descriptor.h"

namespace bench {

class Watcher {
 public:
  virtual void ready(uint32_t events) = 0;

 protected:
  ~Watcher() = default;
};

class Poller {
 public:
  // One that spins asks without sleeping: to be woken costs more than what a lone client does then.
  explicit Poller(bool spins) : epoll_(::epoll_create1(EPOLL_CLOEXEC)), timeout_(spins ? 0 : 1000) {
    if (!epoll_.is_open()) fail_with_errno("epoll_create1");
  }

  // Until the descriptor is closed; `watcher` must live as long as the poller.
  void watch(int descriptor, uint32_t events, Watcher* watcher) {
    control(EPOLL_CTL_ADD, descriptor, events, watcher);
  }

  // Of one that is watched: other events, for the same watcher.
  void watch_for(int descriptor, uint32_t events, Watcher* watcher) {
    control(EPOLL_CTL_MOD, descriptor, events, watcher);
  }

  void turn() { turn(timeout_); }

  void turn(int milliseconds) {
    epoll_event events[256];
    int count = ::epoll_wait(epoll_.number(), events, 256, milliseconds);
    for (int index = 0; index < count; ++index) {
      static_cast<Watcher*>(events[index].data.ptr)->ready(events[index].events);
    }
  }

 private:
  void control(int operation, int descriptor, uint32_t events, Watcher* watcher) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = watcher;
    if (::epoll_ctl(epoll_.number(), operation, descriptor, &event) != 0) fail_with_errno("epoll_ctl");
  }

  Descriptor epoll_;
  int timeout_;
};

}  // namespace bench

#endif  // UVFTPD_TESTS_BENCH_POLLER_H_
