#include "server/dtp.h"

#include <cstring>

#include "server/data_ports.h"
#include "server/log.h"
#include "server/socket.h"

namespace uvftpd {
namespace {

void dismiss(Descriptor& connection) {
  if (!connection.is_open()) return;
  discard_input(connection.get());
  connection.close();
}

// The client's command mostly follows at once and takes its connection itself. A listener is watched only
// where it does not, so that strangers are sent away and do not fill the backlog.
constexpr std::chrono::milliseconds kWatchAfter{50};

}  // namespace

Dtp::Dtp(Services& services, const SocketAddress& local, const SocketAddress& peer, Owner& owner)
    : services_(services), local_(local), peer_(peer), owner_(owner), open_timer_(services.loop, [this] {
        if (state_ == State::idle) return watch_listener();
        finish(Outcome::no_connection);
      }) {}

Dtp::~Dtp() {
  if (transfer_) dispose(services_.loop, std::move(transfer_));
}

// ---- preparing ----

std::optional<SocketAddress> Dtp::listen() {
  forget();
  auto opened = listen_on_random_port(local_.host, services_.config.passive.ports, last_port_);
  if (!opened.socket.is_open()) {
    log_event(Level::warning, "no-passive-port", {{"reason", std::strerror(opened.error)}});
    return std::nullopt;
  }
  listener_ = std::move(opened.socket);
  last_port_ = opened.port;
  open_timer_.start(kWatchAfter);
  return SocketAddress{local_.host, opened.port};
}

void Dtp::connect_to(const SocketAddress& target) {
  forget();
  target_ = target;
}

void Dtp::forget() {
  poll_.reset();
  open_timer_.stop();
  // Who has connected already sees an orderly end: a closed listener would reset what waits in its backlog,
  // and some clients take that for the end of the session.
  while (listener_.is_open()) {
    dismiss(accepted_);
    accepted_ = accept_from(listener_.get()).socket;
    if (!accepted_.is_open()) listener_.close();
  }
  dismiss(accepted_);
  reaching_.close();
  target_.reset();
}

// ---- starting ----

void Dtp::start(const SharedRoot& root, const TransferRequest& request, Pacing pacing,
                std::optional<DataTls> tls) {
  pacing_ = pacing;
  tls_ = std::move(tls);
  state_ = State::opening;
  open_timer_.stop();
  // What the kernel knows by heart is not worth another thread's awakening, which costs more than all the
  // rest.
  OpenedTransfer remembered = open_transfer(root, request, Lookup::remembered);
  if (remembered.transfer) return opened(std::move(remembered));
  open_job_.emplace(
      services_.loop, [root, request] { return open_transfer(root, request, Lookup::complete); },
      [this](OpenedTransfer result) { opened(std::move(result)); });
}

void Dtp::opened(OpenedTransfer result) {
  open_job_.reset();
  if (!result.transfer) return finish(Outcome::refused, result.error);
  transfer_ = std::move(result.transfer);
  file_ = transfer_->file();
  state_ = State::opened;
  owner_.transfer_opened(result.opening);
  // Before the data, and not in one segment with the 226: there are clients that would wait for it a second
  // time.
  owner_.replies_may_leave();
}

void Dtp::may_connect() {
  if (state_ == State::opened) connect();
}

void Dtp::connect() {
  state_ = State::connecting;
  open_timer_.start(services_.config.timeouts.data_open);
  if (target_) return reach_out();
  if (accepted_.is_open()) return connected(std::move(accepted_));
  if (listener_.is_open()) return accept();
  find_no_connection();
}

// In the next turn: the commands behind it would otherwise be taken one within another.
void Dtp::find_no_connection() { open_timer_.start(std::chrono::milliseconds(0)); }

void Dtp::watch_listener() {
  if (poll_) return;
  poll_.emplace(services_.loop, listener_.get(), [this] { accept(); });
  poll_->wait(uv::Poll::For::reading);
}

// Takes the client's connection; a stranger's is closed and the listener stays (RFC 2577, section 4).
void Dtp::accept() {
  for (;;) {
    Accepted taken = accept_from(listener_.get());
    if (taken.error == EAGAIN) return watch_listener();
    if (taken.error != 0) return state_ == State::connecting ? find_no_connection() : forget();
    const Address from = taken.peer.host;
    if (from == peer_.host) {
      poll_.reset();
      listener_.close();
      accepted_ = std::move(taken.socket);
      if (state_ == State::connecting) connected(std::move(accepted_));
      return;
    }
    log_event(Level::warning, "foreign-data-peer",
              {{"client", to_string(peer_.host)}, {"stranger", to_string(from)}});
  }
}

void Dtp::reach_out() {
  SocketResult begun = connect_from_source_port(local_.host, *target_, services_.config.active);
  if (begun.error == 0) return connected(std::move(begun.socket));
  if (begun.error != EINPROGRESS) return find_no_connection();
  reaching_ = std::move(begun.socket);
  poll_.emplace(services_.loop, reaching_.get(), [this] { reached(); });
  poll_->wait(uv::Poll::For::writing);
}

void Dtp::reached() {
  const int error = connect_error(reaching_.get());
  if (error != 0) return finish(error == ECONNRESET ? Outcome::connection_lost : Outcome::no_connection);
  poll_.reset();
  connected(std::move(reaching_));
}

void Dtp::connected(Descriptor socket) {
  forget();
  state_ = State::moving;
  transfer_->keep_to(pacing_);
  const bool is_clear = !tls_;
  transfer_->attach(DataStream(std::move(socket), std::exchange(tls_, std::nullopt)));
  if (!is_clear) return hand_over(std::move(transfer_));  // its arithmetic would delay everybody
  TransferRunner::Owner& owner = *this;
  here_.emplace(services_.loop, services_.workspace, services_.config.timeouts.stalled, owner);
  here_->run(std::move(transfer_));
}

// ---- ending ----

void Dtp::transfer_outgrew(TransferRunner&, std::unique_ptr<Transfer> transfer) {
  here_.reset();
  hand_over(std::move(transfer));
}

void Dtp::hand_over(std::unique_ptr<Transfer> transfer) {
  there_.emplace(services_.data_loops, std::move(transfer),
                 [this](const TransferResult& result) { finish(result); });
}

void Dtp::transfer_over(TransferRunner&, const TransferResult& result) { finish(result); }

void Dtp::abort() {
  switch (state_) {
    case State::idle:
      return;
    case State::opening:
      owner_.transfer_opened({});  // RFC 959, section 5.4: a 426 stands behind a 150
      return finish(Outcome::aborted);
    case State::opened:
    case State::connecting:
      return finish(Outcome::aborted);
    case State::moving:
      if (there_) return there_->abort();
      return here_->abort();
  }
}

void Dtp::finish(Outcome outcome, int error) { finish(TransferResult{outcome, error, transferred()}); }

// The one place where a transfer ends.
void Dtp::finish(const TransferResult& result) {
  const TransferResult final_result = result;  // it may be a part of what is dropped now
  forget();
  open_job_.reset();
  if (transfer_) dispose(services_.loop, std::move(transfer_));
  here_.reset();
  there_.reset();
  file_.reset();
  state_ = State::idle;
  owner_.transfer_finished(final_result);
}

}  // namespace uvftpd
