#include "server/pool.h"

#include "server/worker_thread.h"

namespace uvftpd {

Pool::Pool(unsigned threads) {
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back(start_worker_thread([this] { serve(); }));
}

Pool::~Pool() {
  {
    const std::lock_guard lock(mutex_);
    state_ = State::closing;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Pool::submit(Work& work) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(&work);
  }
  changed_.notify_one();
}

Pool::Withdrawn Pool::withdraw(Work& work) {
  const std::lock_guard lock(mutex_);
  return std::erase(waiting_, &work) > 0 ? Withdrawn::yes : Withdrawn::too_late;
}

void Pool::serve() {
  for (;;) {
    Work* work = nullptr;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return state_ == State::closing || !waiting_.empty(); });
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
