// Threads beside the control loop: they make no connections, and have begun before the fences count on it.
#pragma once

#include <future>
#include <thread>
#include <utility>

#include "server/landlock.h"

namespace uvftpd {

// Runs `work()`. What a thread does to begin is done when this returns: seccomp would not permit it.
template <class Work>
std::thread start_worker_thread(Work work) {
  std::promise<void> begun;
  const std::future<void> begins = begun.get_future();
  std::thread thread([work = std::move(work), promise = std::move(begun)]() mutable {
    forbid_new_connections();
    promise.set_value();
    work();
  });
  begins.wait();
  return thread;
}

}  // namespace uvftpd
