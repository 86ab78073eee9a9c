// A blocking call on a pool, whose result comes back to the loop that asked.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "server/pool.h"
#include "server/uv.h"

namespace uvftpd {

// Destroying the Job forgets the call: it may still run, but its result is dropped (so a result that owns
// something must be an owning type).
template <class Result>
class Job {
 public:
  template <class Call, class Done>
  Job(uv::Loop& loop, Call call, Done on_done)
      : Job(shared_pool(), loop, std::move(call), std::move(on_done)) {}
  template <class Call, class Done>
  Job(Pool& pool, uv::Loop& loop, Call call, Done on_done)
      : pool_(pool), block_(new Typed<Call, Done>(loop, *this, std::move(call), std::move(on_done))) {
    pool_.submit(*block_);
  }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  ~Job() {
    if (block_ && pool_.withdraw(*block_) == Pool::Withdrawn::too_late) block_.release()->job_ = nullptr;
  }

 private:
  // Owned by its Job, and by itself when that was destroyed before the call was over.
  class Block : public Pool::Work {
   public:
    Block(uv::Loop& loop, Job& job) : over_(loop, [this] { end(); }), job_(&job) {}
    void run() final {
      result_.emplace(call());
      over_.send();
    }

   private:
    friend class Job;
    virtual Result call() = 0;
    virtual void finish(Result made) = 0;
    void end() {
      const std::unique_ptr<Block> owned(job_ ? job_->block_.release() : this);
      if (job_) finish(std::move(*result_));
    }

    uv::Wake over_;
    Job* job_;
    std::optional<Result> result_;
  };

  template <class Call, class Done>
  class Typed final : public Block {
   public:
    Typed(uv::Loop& loop, Job& job, Call call, Done done)
        : Block(loop, job), call_(std::move(call)), done_(std::move(done)) {}

   private:
    Result call() override { return call_(); }
    void finish(Result made) override { done_(std::move(made)); }
    Call call_;
    Done done_;
  };

  Pool& pool_;
  std::unique_ptr<Block> block_;
};

// A blocking call on the shared pool that nobody waits for; the loop does not end before it.
template <class Call>
void detach(uv::Loop& loop, Call call) {
  class Detached final : public Pool::Work {
   public:
    Detached(uv::Loop& on, Call what) : over_(on, [this] { delete this; }), call_(std::move(what)) {}
    void run() override {
      call_();
      over_.send();
    }

   private:
    uv::Wake over_;
    Call call_;
  };
  shared_pool().submit(*new Detached(loop, std::move(call)));
}

}  // namespace uvftpd
