#include "server/control_connection.h"

#include <algorithm>

#include "server/log.h"
#include "server/socket.h"

namespace uvftpd {
namespace {

constexpr std::size_t kMaxUnsent = 64 * 1024;   // replies that the client does not read
constexpr std::size_t kMaxWaiting = 16 * 1024;  // commands that wait their turn
constexpr unsigned kLinesOfATurn = 16;          // then the other sessions have theirs
constexpr std::chrono::seconds kFarewell{5};    // for the client's end of a connection that is over

}  // namespace

ControlConnection::ControlConnection(Services& services, std::uint64_t id, uv::Tcp control,
                                     const SocketAddress& peer, TlsStart tls_start, Owner& owner)
    : services_(services),
      id_(id),
      owner_(owner),
      control_(std::move(control), *this),
      session_(services.settings, local_address(control_.fd()), peer, tls_start),
      pace_(services.config.limits.rate),
      clock_timer_(services.loop, [this] { expired(); }),
      begun_(static_cast<std::uint32_t>(services.loop.now())) {
  log_event(Level::debug, "connect", {{"session", id_}, {"client", to_string(peer.host)}});
  control_.read();
  perform(session_.connected());
  event_over();
}

ControlConnection::~ControlConnection() {
  if (transfer_) record({TransferResult::Outcome::aborted, 0, dtp().transferred()}, std::nullopt);
  if (work_) log_unanswered(speaker(), work_->request);
  log_disconnect(speaker(), session_.is_logged_in() ? Visit::login : Visit::probe,
                 has_said_farewell_ ? std::optional(last_reply_) : std::nullopt,
                 std::chrono::milliseconds(lasted()));
}

// ---- events ----

void ControlConnection::received(std::string_view bytes) {
  if (state_ != State::open) return;  // what comes after the end is read so that closing does not reset
  if (dtp_ && dtp_->is_idle() && !dtp_->is_prepared()) dtp_.reset();
  unsent_ += lines_.append(bytes);
  event_over();
}

void ControlConnection::ended(int status) {
  if (status != 0 || state_ != State::open) return leave();
  has_client_ended_ = true;
  const auto& waiting = lines_.waiting();
  const bool said_farewell = std::any_of(waiting.begin(), waiting.end(), Session::is_farewell);
  // RFC 959, section 3.2: a transfer ends with its control connection; one that QUIT waits for may end first.
  if (session_.is_at_work() && (digest() || !said_farewell)) abort();
  event_over();
}

void ControlConnection::written(int status) {
  if (status != 0) return leave();
  if (clock_ == Clock::sending) clock_ = Clock::none;
  event_over();
}

void ControlConnection::secured(Handshake handshake) {
  if (state_ != State::open) return;
  log_handshake(handshake);
  perform(session_.control_secured(handshake));
  event_over();
}

void ControlConnection::transfer_opened(const TransferOpening& opening) {
  transfer_->size = opening.bytes_to_come.value_or(0);
  if (!opening.unique_path.empty()) transfer_->request.path = opening.unique_path;
  perform(session_.transfer_opened(opening));
}

void ControlConnection::transfer_finished(const TransferResult& result) {
  Actions answer = session_.transfer_finished(result);
  record(result, code_in(answer));
  if (result.tls_session == TlsSession::resumed) control_.offer_session();  // some clients use each but once
  perform(std::move(answer));
  event_over();
}

void ControlConnection::service_closing() {
  if (clock_ == Clock::closing || control_.is_shaking()) return leave();
  is_service_closing_ = true;
  perform(session_.service_closing());
  event_over();
}

void ControlConnection::go_on() {
  is_waiting_for_turn_ = false;
  event_over();
}

void ControlConnection::give_way() {
  perform(session_.gave_way());
  flush();
  leave();
}

void ControlConnection::kick() {
  log_event(Level::info, "kicked",
            {{"session", id_}, {"client", to_string(peer().host)}, {"user", session_.user()}});
  perform(session_.kicked());
  flush();
  leave();
}

SessionRow ControlConnection::row() const {
  SessionRow row{.id = id_,
                 .client = to_string(peer()),
                 .user = root_ ? session_.user() : std::string(),
                 .protection = control_.tls() ? "tls" : "clear",
                 .seconds = lasted() / 1000};
  if (!transfer_) return row;
  row.verb = to_string(transfer_->request.kind);
  row.path = transfer_->request.path;
  row.bytes = dtp_->transferred();
  row.size = transfer_->size;
  row.milliseconds = now() - transfer_->begun;
  return row;
}

void ControlConnection::expired() {
  switch (clock_) {
    case Clock::none:
      return;
    case Clock::login:
      log_timeout(speaker(), "timeouts.login");
      perform(session_.login_expired());
      return event_over();
    case Clock::idle:
      log_timeout(speaker(), "timeouts.idle");
      perform(session_.idle_expired());
      return event_over();
    case Clock::sending:
      log_timeout(speaker(), "timeouts.stalled");
      return leave();
    case Clock::closing:
      return leave();
  }
}

// ---- what every event ends with ----

// A client that one reply wakes shall find the others of the turn beside it: to be woken for each would cost
// us more than what it asks for.
void ControlConnection::event_over() {
  take_lines();
  if (is_taking_ || state_ == State::gone) return;  // an event within an event: the outer one goes on
  if (!std::exchange(is_answering_, true)) owner_.will_answer(id_);
}

void ControlConnection::answer() {
  is_answering_ = false;
  if (state_ == State::gone) return;
  flush();
  // Where they wait for replies that did not leave at once, written() goes on.
  if (has_lines_left() && !is_too_much_unsent() && !std::exchange(is_waiting_for_turn_, true))
    owner_.turn_over(id_);
  watch_input();
  if (state_ == State::open && has_client_ended_ && session_.is_idle() && lines_.waiting().empty())
    state_ = State::closing;
  if (state_ == State::closing) control_.end_writing();
  if (state_ == State::closing && control_.unsent() == 0) begin_closing();
  set_clock();
  if (dtp_) dtp_->may_connect();  // last: it may bring about further events
}

void ControlConnection::take_lines() {
  if (is_taking_ || state_ != State::open) return;
  is_taking_ = true;
  for (unsigned count = 0; state_ == State::open && !lines_.waiting().empty(); ++count) {
    if (count == kLinesOfATurn || is_too_much_unsent()) break;
    if (session_.is_at_work()) session_.progressed(digest() ? digest()->digested() : dtp().transferred());
    if (session_.accepts(lines_.waiting().front()))
      hear(lines_.take_front());
    else if (!hear_interrupts())
      break;
  }
  is_taking_ = false;
}

bool ControlConnection::has_lines_left() const {
  return state_ == State::open && !lines_.waiting().empty() && session_.accepts(lines_.waiting().front());
}

void ControlConnection::hear(const Line& line) {
  Actions answer = session_.line_received(line);
  if (is_logged(Level::trace)) log_command(speaker(), parse_command(line.text).verb, code_in(answer));
  perform(std::move(answer));
}

void ControlConnection::watch_input() {
  if (state_ != State::open || has_client_ended_) return;
  if (lines_.size() <= kMaxWaiting && !is_too_much_unsent())
    control_.read();
  else
    control_.pause();
}

bool ControlConnection::is_too_much_unsent() const { return unsent_.size() + control_.unsent() > kMaxUnsent; }

// ABOR takes effect when it arrives, even behind waiting lines; its reply keeps its place.
bool ControlConnection::hear_interrupts() {
  for (std::size_t i = 0; i < lines_.waiting().size(); ++i) {
    Actions actions = session_.line_waiting(lines_.waiting()[i]);
    if (actions.empty()) continue;
    lines_.mark_as_effective(i);
    perform(std::move(actions));
    return true;
  }
  return false;
}

// Who has a reply to what was logged finds the line.
void ControlConnection::flush() {
  flush_log();
  if (!unsent_.empty()) control_.write(std::exchange(unsent_, {}));
}

// Closing with unread input would reset the connection, and the client might lose the last reply.
void ControlConnection::begin_closing() {
  if (clock_ == Clock::closing) return;
  if (!control_.tls()) discard_input(control_.fd());  // of TLS no half record may be left
  end_sending(control_.fd());
  if (has_client_ended_ || is_service_closing_) return leave();
  control_.read();
  clock_ = Clock::closing;
  clock_timer_.start(kFarewell);
}

void ControlConnection::set_clock() {
  const auto& timeouts = services_.config.timeouts;
  if (state_ == State::gone || clock_ == Clock::closing) return;
  if (control_.unsent() > 0) {
    if (std::exchange(clock_, Clock::sending) != Clock::sending) clock_timer_.start(timeouts.stalled);
  } else if (!session_.is_logged_in()) {
    // Counted from the connection, or from the end of the login before: no command extends it.
    if (std::exchange(clock_, Clock::login) != Clock::login) clock_timer_.start(timeouts.login);
  } else if (session_.is_at_work()) {
    if (std::exchange(clock_, Clock::none) != Clock::none) clock_timer_.stop();
  } else {
    clock_ = Clock::idle;
    const auto chosen = session_.idle_seconds();
    clock_timer_.start(chosen ? std::chrono::seconds(*chosen) : timeouts.idle);
  }
}

void ControlConnection::leave() {
  if (std::exchange(state_, State::gone) == State::gone) return;
  clock_timer_.stop();
  control_.pause();
  owner_.retire(id_);
}

}  // namespace uvftpd
