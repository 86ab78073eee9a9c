// Threads for what may block, such as a disk; they take their work in the order in which it came, and who
// worked last is the next to work. Not libuv's: the loop that one of its threads wakes spins until that
// thread has returned from the kernel, which on few processors waits for that very loop: a tenth of a
// listing's cost.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

namespace uvftpd {

class Pool {
 public:
  // Lives until it is withdrawn, or run() has said that it is over.
  class Work {
   public:
    Work() = default;
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    virtual ~Work() = default;
    virtual void run() = 0;  // on one of the threads
  };

  explicit Pool(unsigned threads);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();  // waits for the work that runs; none may wait

  void submit(Work& work);
  bool offer(Work& work);  // false, and it is not taken, where no thread would stay idle
  enum class Withdrawn : std::uint8_t { yes, too_late };  // too late: it runs, or has
  Withdrawn withdraw(Work& work);

 private:
  void serve();
  void add(Work& work);

  std::mutex mutex_;
  std::deque<Work*> waiting_;
  // The last one's processor has what was worked on in its caches.
  std::vector<std::condition_variable*> idle_;
  enum class State : std::uint8_t { open, closing } state_ = State::open;
  std::vector<std::thread> threads_;
};

// `beside` on one of the pool's threads while `here` runs on this one, which may be one of them. If none has
// begun it by the end of `here`, it runs then, on this thread. Neither may throw.
template <class Here, class Beside>
void run_both(Pool& pool, Here here, Beside beside) {
  class Other final : public Pool::Work {
   public:
    explicit Other(Beside& call) : call_(call) {}
    void run() override {
      call_();
      over_.set_value();
    }
    std::future<void> over() { return over_.get_future(); }

   private:
    Beside& call_;
    std::promise<void> over_;
  } other(beside);
  const std::future<void> over = other.over();
  const bool is_taken = pool.offer(other);
  [&]() noexcept { here(); }();
  if (!is_taken || pool.withdraw(other) == Pool::Withdrawn::yes) return beside();
  over.wait();
}

// For the files' sake: four threads for all loops, begun with the first work.
Pool& shared_pool();

}  // namespace uvftpd
