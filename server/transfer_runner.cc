#include "server/transfer_runner.h"

#include <thread>

#include "server/socket.h"

namespace uvftpd {

using Outcome = TransferResult::Outcome;

namespace {

// For clients that keep their side open until the 226.
constexpr std::chrono::milliseconds kLinger{20}, kTlsLinger{250};
// More than two sockets hold: who has taken all of it has seen the 150.
constexpr std::uint64_t kMostUnseen = 16 * 1024 * 1024;

// Of a thread that has more to do. On busy processors a reply waits for a data loop's share of one to be
// over, which the kernel notices with its next tick only: 4 ms at 250 Hz.
class Share {
 public:
  bool is_over() const { return std::chrono::steady_clock::now() - begun_ >= kLongest; }
  void give_way() {
    if (!is_over()) return;
    begun_ = std::chrono::steady_clock::now();
    std::this_thread::yield();
  }

 private:
  static constexpr std::chrono::milliseconds kLongest{1};
  std::chrono::steady_clock::time_point begun_;
};

thread_local Share share;

}  // namespace

TransferRunner::TransferRunner(uv::Loop& loop, const Workspace& workspace, std::chrono::milliseconds stalled,
                               Owner& owner)
    : loop_(loop),
      workspace_(workspace),
      stalled_(stalled),
      owner_(owner),
      stall_timer_(loop, [this] { seem_stalled(); }),
      pace_timer_(loop, [this] { step(); }) {}

TransferRunner::~TransferRunner() {
  poll_.reset();
  if (transfer_) dispose(loop_, std::move(transfer_));
}

void TransferRunner::run(std::unique_ptr<Transfer> transfer) {
  transfer_ = std::move(transfer);
  last_transferred_ = transfer_->file()->transferred;
  stall_timer_.start(stalled_);
  step();
}

void TransferRunner::step() {
  Transfer::Turn turn = Transfer::Turn::moved;
  do {
    if (const auto pause = transfer_->pacing().wait(kTurnBytes); pause.count() > 0) return rest(pause);
    turn = move();
  } while (turn == Transfer::Turn::moved && may_go_on());

  const bool is_guest = workspace_.place == Workspace::Place::control_loop;
  const bool is_receiving = transfer_->direction() == Transfer::Direction::receiving;
  switch (turn) {
    case Transfer::Turn::complete:
      return complete();
    case Transfer::Turn::connection_lost:
      return end(Outcome::connection_lost);
    case Transfer::Turn::not_secured:
      return end(Outcome::not_secured);
    case Transfer::Turn::not_resumed:
      return end(Outcome::not_resumed);
    case Transfer::Turn::cut:
      return end(Outcome::cut);
    case Transfer::Turn::file_error:
      return end(Outcome::file_error);
    case Transfer::Turn::wait_socket:
      if (!is_guest || is_receiving) return wait();
      break;
    case Transfer::Turn::moved:
      if (is_guest) break;
      share.give_way();
      return wait();
    case Transfer::Turn::needs_disk:
      if (!is_guest) return use_disk();
      break;
  }
  poll_.reset();
  stall_timer_.stop();
  owner_.transfer_outgrew(*this, std::move(transfer_));
}

Transfer::Turn TransferRunner::move() {
  const Transfer::Turn turn = transfer_->turn(workspace_);
  const std::uint64_t transferred = transfer_->file()->transferred;
  const std::uint64_t moved = transferred - std::exchange(last_transferred_, transferred);
  if (transfer_->take_progress() || moved > 0) stall_timer_.start(stalled_);
  transfer_->pacing().pay(moved);
  return turn;
}

// Alone on its data loop it need not ask that whose turn it is: three system calls for a burst of two.
bool TransferRunner::may_go_on() const {
  return workspace_.place == Workspace::Place::data_loop && poll_ && poll_->is_waiting() &&
         loop_.waiting_polls() == 1 && transfer_->direction() == Transfer::Direction::sending &&
         !share.is_over();
}

// Nobody is stalled who is kept waiting.
void TransferRunner::rest(std::chrono::milliseconds pause) {
  if (poll_) poll_->stop();
  stall_timer_.start(pause + stalled_);
  pace_timer_.start(pause);
}

void TransferRunner::wait() {
  if (!poll_) {
    if (transfer_->direction() == Transfer::Direction::sending)
      notice_stalled_peer(transfer_->stream().fd(), stalled_);
    poll_.emplace(loop_, transfer_->stream().fd(), [this] { step(); });
  }
  const bool is_sending = transfer_->awaits() == Transfer::Direction::sending;
  if (is_sending) unacknowledged_ = unacknowledged(transfer_->stream().fd());
  poll_->wait(is_sending ? uv::Poll::For::writing : uv::Poll::For::reading);
}

// A socket takes more when a third of its buffer has left, at a slow reader a long time: bytes do leave.
void TransferRunner::seem_stalled() {
  if (is_lingering_) return lingered();
  if (!transfer_ || transfer_->awaits() == Transfer::Direction::receiving) return end(Outcome::stalled);
  const int before = std::exchange(unacknowledged_, unacknowledged(transfer_->stream().fd()));
  if (unacknowledged_ < before) return stall_timer_.start(stalled_);
  end(Outcome::stalled);
}

void TransferRunner::use_disk() {
  if (poll_) poll_->stop();
  disk_job_.emplace(
      loop_,
      [transfer = std::move(transfer_)]() mutable {
        transfer->use_disk();
        return std::move(transfer);
      },
      [this](std::unique_ptr<Transfer> transfer) {
        transfer_ = std::move(transfer);
        if (ending_)
          end(*ending_);
        else
          step();
      });
}

void TransferRunner::complete() {
  if (transfer_->direction() == Transfer::Direction::receiving) return end(Outcome::complete);
  if (!transfer_->stream().is_clear()) return linger(kTlsLinger);
  if (transfer_->file()->transferred <= kMostUnseen) return linger(kLinger);
  end(Outcome::complete);
}

// What is sent in a few turns is over before the client has looked at its 150, and a client that finds the
// 226 beside it may wait for a 226 that never comes (aria2). The end of its side shows that it has read all;
// under TLS it has a last word to say, and a closed connection would answer that with a reset.
void TransferRunner::linger(std::chrono::milliseconds most) {
  is_lingering_ = true;
  if (transfer_->stream().is_sent_by_kernel())
    notice_stalled_peer(transfer_->stream().fd(), stalled_);
  else
    end_sending(transfer_->stream().fd());
  poll_.emplace(loop_, transfer_->stream().fd(), [this] { lingered(); });
  poll_->wait(uv::Poll::For::reading);
  stall_timer_.start(most);
}

// The kernel's TLS may hold a last record that the socket has no room for, and would lose it with the
// connection. Of a connection that is over, what was not acknowledged stays so.
void TransferRunner::lingered() {
  const DataStream& stream = transfer_->stream();
  if (!stream.is_sent_by_kernel() || unacknowledged(stream.fd()) == 0 || is_over(stream.fd()))
    return end(Outcome::complete);
  poll_->stop();
  stall_timer_.start(kTlsLinger);
}

void TransferRunner::end(Outcome outcome) {
  if (is_lingering_) outcome = Outcome::complete;
  if (!transfer_) {
    // A job has it; or it is settling already, and how it ends is decided.
    if (!ending_) ending_ = outcome;
    return;
  }
  stall_timer_.stop();
  pace_timer_.stop();
  transfer_->pacing().pay(0);
  if (poll_) poll_->forget();
  poll_.reset();
  const DataStream& stream = transfer_->stream();
  result_ = {outcome, outcome == Outcome::file_error ? transfer_->error() : 0, transfer_->file()->transferred,
             stream.session(), stream.end()};
  transfer_->close_connection(outcome);
  if (transfer_->settling() == Transfer::Settling::at_once) return settled(transfer_->settle(outcome));
  settle_job_.emplace(
      loop_, [transfer = std::move(transfer_), outcome] { return transfer->settle(outcome); },
      [this](int error) { settled(error); });
}

void TransferRunner::settled(int error) {
  transfer_.reset();
  if (result_.outcome == Outcome::complete && error != 0) {
    result_.outcome = Outcome::file_error;
    result_.error = error;
  }
  owner_.transfer_over(*this, result_);
}

void dispose(uv::Loop& loop, std::unique_ptr<Transfer> transfer) {
  transfer->close_connection(Outcome::aborted);
  if (transfer->settling() == Transfer::Settling::at_once) return void(transfer->settle(Outcome::aborted));
  detach(loop, [owned = std::move(transfer)] { owned->settle(Outcome::aborted); });
}

}  // namespace uvftpd
