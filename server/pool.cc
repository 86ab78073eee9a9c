#include "server/pool.h"

#include "server/worker_thread.h"

namespace uvftpd {

Pool::Pool(unsigned threads) {
  idle_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back(start_worker_thread([this] { serve(); }));
}

// A thread is woken under the lock: afterwards its condition might be gone.
Pool::~Pool() {
  {
    const std::lock_guard lock(mutex_);
    state_ = State::closing;
    for (std::condition_variable* thread : idle_) thread->notify_one();
  }
  for (std::thread& thread : threads_) thread.join();
}

void Pool::submit(Work& work) {
  const std::lock_guard lock(mutex_);
  add(work);
}

bool Pool::offer(Work& work) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < 2) return false;
  add(work);
  return true;
}

void Pool::add(Work& work) {
  waiting_.push_back(&work);
  if (idle_.empty()) return;
  idle_.back()->notify_one();
  idle_.pop_back();
}

Pool::Withdrawn Pool::withdraw(Work& work) {
  const std::lock_guard lock(mutex_);
  return std::erase(waiting_, &work) > 0 ? Withdrawn::yes : Withdrawn::too_late;
}

void Pool::serve() {
  std::condition_variable woken;
  for (;;) {
    Work* work = nullptr;
    {
      std::unique_lock lock(mutex_);
      while (state_ == State::open && waiting_.empty()) {
        idle_.push_back(&woken);
        woken.wait(lock);
        std::erase(idle_, &woken);
      }
      if (state_ == State::closing) return;
      work = waiting_.front();
      waiting_.pop_front();
    }
    work->run();
  }
}

Pool& shared_pool() {
  static Pool pool(4);
  return pool;
}

}  // namespace uvftpd
