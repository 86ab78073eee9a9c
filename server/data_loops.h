// The data loops: threads with a loop of their own each, where transfers run that have outgrown the control
// loop. They share nothing with it but messages: a transfer goes in, its result comes back.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "server/transfer_runner.h"
#include "server/uv.h"

namespace uvftpd {

// One thread and its loop. All but the constructor, post() and the destructor happens on that thread.
class DataLoop final : TransferRunner::Owner {
 public:
  struct Order {
    enum class Kind : std::uint8_t { run, abort, close };
    Kind kind;
    std::uint64_t ticket = 0;
    std::unique_ptr<Transfer> transfer = nullptr;
  };
  using Report = std::function<void(std::uint64_t ticket, const TransferResult& result)>;  // on the data loop

  DataLoop(std::chrono::milliseconds stalled, Report report);
  DataLoop(const DataLoop&) = delete;
  DataLoop& operator=(const DataLoop&) = delete;
  ~DataLoop();  // ends what still runs; waits for the thread
  void post(Order order) { orders_.post(std::move(order)); }

 private:
  void run();
  void obey(Order order);
  void transfer_over(TransferRunner& runner, const TransferResult& result) override;
  void transfer_outgrew(TransferRunner& runner, std::unique_ptr<Transfer> transfer) override;

  std::chrono::milliseconds stalled_;
  Report report_;
  uv::Loop loop_;
  // Not filled: what no transfer needs takes no memory.
  const std::unique_ptr<char[]> buffer_ = std::make_unique_for_overwrite<char[]>(kTurnBytes);
  SplicePipe pipe_;
  std::unordered_map<std::uint64_t, std::unique_ptr<TransferRunner>> runners_;
  std::unordered_map<const TransferRunner*, std::uint64_t> tickets_;
  uv::Mailbox<Order> orders_;
  std::thread thread_;
};

// All of them, as the control loop sees them.
class DataLoops {
 public:
  using OnOver = std::function<void(const TransferResult&)>;

  DataLoops(uv::Loop& control_loop, unsigned count, std::chrono::milliseconds stalled);

  std::uint64_t hand_over(std::unique_ptr<Transfer> transfer, OnOver on_over);
  void abort(std::uint64_t ticket);   // on_over still comes
  void forget(std::uint64_t ticket);  // ends it, and on_over does not come

 private:
  struct Running {
    OnOver on_over;
    std::size_t loop;
  };
  struct Message {
    std::uint64_t ticket;
    TransferResult result;
  };
  void over(const Message& message);

  std::uint64_t last_ticket_ = 0;
  std::unordered_map<std::uint64_t, Running> running_;
  std::vector<unsigned> load_;  // transfers on each loop
  uv::Mailbox<Message> results_;
  std::vector<std::unique_ptr<DataLoop>> loops_;  // ended before results_, which they post to
};

// A transfer on a data loop, ended with its owner.
class HandedOver {
 public:
  HandedOver(DataLoops& loops, std::unique_ptr<Transfer> transfer, DataLoops::OnOver on_over)
      : loops_(loops), ticket_(loops.hand_over(std::move(transfer), std::move(on_over))) {}
  HandedOver(const HandedOver&) = delete;
  HandedOver& operator=(const HandedOver&) = delete;
  ~HandedOver() { loops_.forget(ticket_); }
  void abort() { loops_.abort(ticket_); }

 private:
  DataLoops& loops_;
  std::uint64_t ticket_;
};

}  // namespace uvftpd
