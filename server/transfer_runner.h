// Runs one Transfer on one loop to its end.
//
//   moving -> (disk or resting -> moving)* -> [lingering ->] settling -> over      abort(), a stall or a
//   failure end it
//
// On the control loop a transfer that would wait for its socket to take more, or for a disk, has outgrown it
// and is given back, to be run on a data loop.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "server/job.h"
#include "server/transfer.h"
#include "server/uv.h"

namespace uvftpd {

class TransferRunner {
 public:
  class Owner {
   public:
    // Exactly one of these follows run(). The runner may be destroyed in it.
    virtual void transfer_over(TransferRunner& runner, const TransferResult& result) = 0;
    virtual void transfer_outgrew(TransferRunner& runner, std::unique_ptr<Transfer> transfer) = 0;

   protected:
    ~Owner() = default;
  };

  TransferRunner(uv::Loop& loop, const Workspace& workspace, std::chrono::milliseconds stalled, Owner& owner);
  TransferRunner(const TransferRunner&) = delete;
  TransferRunner& operator=(const TransferRunner&) = delete;
  // Ends a transfer that is not over; nobody is told.
  ~TransferRunner();

  void run(std::unique_ptr<Transfer> transfer);
  void abort() { end(TransferResult::Outcome::aborted); }

 private:
  void step();
  Transfer::Turn move();
  bool may_go_on() const;
  void rest(std::chrono::milliseconds pause);
  void complete();
  void wait();
  void seem_stalled();
  void linger(std::chrono::milliseconds most);
  void lingered();
  void use_disk();
  void end(TransferResult::Outcome outcome);
  void settled(int error);

  uv::Loop& loop_;
  Workspace workspace_;
  std::chrono::milliseconds stalled_;
  Owner& owner_;
  std::unique_ptr<Transfer> transfer_;  // none while a job has it
  std::uint64_t last_transferred_ = 0;
  bool is_lingering_ = false;  // all is sent
  std::optional<uv::Poll> poll_;
  int unacknowledged_ = 0;  // when the socket was waited for
  uv::Timer stall_timer_;
  uv::Timer pace_timer_;  // the next piece is not due yet
  std::optional<Job<std::unique_ptr<Transfer>>> disk_job_;
  std::optional<Job<int>> settle_job_;
  std::optional<TransferResult::Outcome> ending_;  // decided while a job has the transfer
  TransferResult result_;
};

// Ends a transfer that nobody waits for any more, without blocking the loop.
void dispose(uv::Loop& loop, std::unique_ptr<Transfer> transfer);

}  // namespace uvftpd
