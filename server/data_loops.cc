#include "server/data_loops.h"

#include <algorithm>

#include "server/worker_thread.h"

namespace uvftpd {

// ---- on a data loop ----

DataLoop::DataLoop(std::chrono::milliseconds stalled, Report report)
    : stalled_(stalled),
      report_(std::move(report)),
      orders_(loop_, [this](Order order) { obey(std::move(order)); }),
      thread_(start_worker_thread([this] { run(); })) {}

DataLoop::~DataLoop() {
  post({Order::Kind::close});
  thread_.join();
}

void DataLoop::run() {
  loop_.run();  // until Order::Kind::close
  runners_.clear();
}

void DataLoop::obey(Order order) {
  switch (order.kind) {
    case Order::Kind::run: {
      const Workspace workspace{Workspace::Place::data_loop, {buffer_.get(), kTurnBytes}, &pipe_};
      TransferRunner::Owner& owner = *this;
      auto& runner = runners_[order.ticket];
      runner = std::make_unique<TransferRunner>(loop_, workspace, stalled_, owner);
      tickets_[runner.get()] = order.ticket;
      return runner->run(std::move(order.transfer));
    }
    case Order::Kind::abort: {
      const auto found = runners_.find(order.ticket);
      if (found != runners_.end()) found->second->abort();
      return;
    }
    case Order::Kind::close:
      return loop_.stop();
  }
}

void DataLoop::transfer_over(TransferRunner& runner, const TransferResult& result) {
  const auto found = tickets_.find(&runner);
  const std::uint64_t ticket = found->second;
  report_(ticket, result);
  tickets_.erase(found);
  runners_.erase(ticket);
}

// Nothing outgrows a data loop.
void DataLoop::transfer_outgrew(TransferRunner&, std::unique_ptr<Transfer>) {}

// ---- on the control loop ----

DataLoops::DataLoops(uv::Loop& control_loop, unsigned count, std::chrono::milliseconds stalled)
    : load_(count), results_(control_loop, [this](const Message& message) { over(message); }) {
  for (unsigned i = 0; i < count; ++i)
    loops_.push_back(
        std::make_unique<DataLoop>(stalled, [this](std::uint64_t ticket, const TransferResult& result) {
          results_.post({ticket, result});
        }));
}

std::uint64_t DataLoops::hand_over(std::unique_ptr<Transfer> transfer, OnOver on_over) {
  const auto least = std::min_element(load_.begin(), load_.end());
  const auto loop = static_cast<std::size_t>(least - load_.begin());
  ++*least;
  running_[++last_ticket_] = {std::move(on_over), loop};
  loops_[loop]->post({DataLoop::Order::Kind::run, last_ticket_, std::move(transfer)});
  return last_ticket_;
}

void DataLoops::abort(std::uint64_t ticket) {
  const auto found = running_.find(ticket);
  if (found != running_.end()) loops_[found->second.loop]->post({DataLoop::Order::Kind::abort, ticket});
}

void DataLoops::forget(std::uint64_t ticket) {
  abort(ticket);
  const auto found = running_.find(ticket);
  if (found != running_.end()) found->second.on_over = nullptr;
}

void DataLoops::over(const Message& message) {
  auto finished = running_.extract(message.ticket);
  --load_[finished.mapped().loop];
  if (finished.mapped().on_over) finished.mapped().on_over(message.result);
}

}  // namespace uvftpd
