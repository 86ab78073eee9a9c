// How a ControlConnection carries out what its Session asks for; its events are in control_connection.cc.
#include <algorithm>
#include <ctime>

#include "protocol/command.h"
#include "server/control_connection.h"
#include "server/file_requests.h"

namespace uvftpd {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestDelay = std::chrono::seconds(10);  // of a refused login

}  // namespace

// An action may bring about an event before it returns; what that asks for is done after what was asked
// before.
void ControlConnection::perform(Actions actions) {
  if (queue_) {
    for (Action& action : actions) queue_->emplace_back(std::move(action));
    return;
  }
  queue_ = &actions;
  for (std::size_t i = 0; i < actions.size(); ++i) {  // NOLINT(modernize-loop-convert): it may grow
    Action action = std::move(actions[i]);
    std::visit([this](auto& one) { carry_out(one); }, action);
  }
  queue_ = nullptr;
}

void ControlConnection::carry_out(SendReply& action) {
  last_reply_ = action.reply.code;
  unsent_ += encode(action.reply);
}

void ControlConnection::carry_out(CheckPassword& action) {
  const Account* guest = is_anonymous_name(action.user) ? services_.accounts.anonymous() : nullptr;
  if (guest && (!services_.config.anonymous.require_email || looks_like_email(action.password))) {
    is_anonymous_ = true;
    // Somebody may have meant another account, and said its password.
    const std::string email(looks_like_email(action.password) ? action.password.view() : "");
    if (services_.transfer_log.is_open()) email_ = std::make_unique<std::string>(email);
    return admit(*guest, email);
  }
  const std::string from = place();
  if (!services_.throttle.may_try(from, milliseconds(now()))) {
    log_turned_away(speaker(), "limits.login_failures_per_address");
    return perform(session_.login_not_now("Too many failed logins from your address, try again later."));
  }
  login_ = std::make_unique<LoginAttempt>(services_.loop, [this] { refuse(); });
  const auto submitted =
      services_.logins.submit(id_, from, std::move(action.user), std::move(action.password));
  if (submitted != LoginWorkers::Submitted::too_busy) return;
  log_turned_away(speaker(), "");
  perform(session_.login_not_now("Too many logins at once, try again later."));
}

void ControlConnection::password_checked(LoginWorkers::Verdict verdict) {
  if (!login_ || state_ != State::open) return;
  if (verdict == LoginWorkers::Verdict::accepted) {
    login_.reset();
    is_anonymous_ = false;
    email_.reset();
    admit(*services_.accounts.find(session_.user()), "");
    return event_over();
  }
  log_refused_login(speaker(), key_of_refused_login());  // now: who guesses may leave before the answer
  // A time after the question that does not tell how long the hash took.
  const unsigned earlier = services_.throttle.failures(place(), milliseconds(now()));
  const auto delay = std::min(services_.config.limits.login_delay * (1 + earlier), kLongestDelay);
  const auto elapsed = milliseconds(now() - login_->asked);
  login_->refusal.start(std::max(delay - elapsed, milliseconds(0)));
  services_.throttle.failed(place(), milliseconds(now()));
}

void ControlConnection::refuse() {
  ++services_.totals.logins_refused;
  perform(session_.password_checked(std::nullopt));
  login_.reset();
  event_over();
}

// The client is told nothing of it.
std::string_view ControlConnection::key_of_refused_login() const {
  if (is_anonymous_name(session_.user()))
    return services_.accounts.anonymous() ? "anonymous.require_email" : "anonymous.enabled";
  return services_.accounts.find(session_.user()) ? "user.password" : "user.name";
}

void ControlConnection::admit(const Account& account, std::string_view email) {
  root_ = account.root;
  account_pace_ = account.pace.get();
  owner_.admitted(id_);
  ++services_.totals.logins;
  Actions answer = session_.password_checked(account.rights);
  log_login(speaker(), email, code_in(answer));
  perform(std::move(answer));
}

// What came in the clear is not to be taken for what the client says under TLS (CVE-2011-0411).
void ControlConnection::carry_out(SecureControl&) {
  lines_ = {};
  flush();
  control_.secure(services_.loop, services_.tls.current(), id_);
}

// Likewise: what was said under TLS is not answered in the clear.
void ControlConnection::carry_out(ExposeControl&) {
  lines_ = {};
  flush();
  control_.expose();
}

void ControlConnection::log_handshake(Handshake handshake) const {
  const TlsEngine* tls = control_.tls();
  if (handshake == Handshake::done)
    log_event(Level::debug, "tls",
              {{"session", id_}, {"version", tls->version()}, {"cipher", tls->cipher()}});
  else
    log_event(Level::warning, "tls-failed",
              {{"session", id_}, {"client", to_string(peer().host)}, {"reason", control_.trouble()}});
}

void ControlConnection::carry_out(RunFileRequest& action) {
  const auto on_done = [this](const FileResult& result) { file_request_done(result); };
  const auto kind = action.request.kind;
  work_ = std::make_unique<FileWork>(action.request);
  if (kind == FileRequest::Kind::digest || kind == FileRequest::Kind::ascii_size) {
    work_->digest.emplace(services_.digest_slots, root_, std::move(action.request), on_done);
    if (has_client_ended_ && session_.is_at_work()) abort();  // nobody would notice that the client is gone
    return;
  }
  work_->job.emplace(
      services_.loop,
      [root = root_, request = std::move(action.request)] { return run_file_request(root, request); },
      on_done);
}

void ControlConnection::file_request_done(const FileResult& result) {
  const std::unique_ptr<FileWork> done = std::exchange(work_, nullptr);
  Actions answer = session_.file_request_done(result);
  log_file_request(speaker(), done->request, result, code_in(answer), session_.rights_key());
  perform(std::move(answer));
  event_over();
}

void ControlConnection::carry_out(ListenForData& action) {
  auto bound = dtp().listen();
  if (bound && action.form == PassiveForm::pasv) bound->host = told_address(bound->host);
  perform(session_.listening(bound));
}

// To an IPv6 address PASV has no answer; nothing is told then.
Address ControlConnection::told_address(const Address& reached) {
  const ToldAddress told = services_.passive_addresses.told_to(peer().host, reached);
  const bool is_told = told.address.family == Address::Family::ipv4;
  if (is_told && !is_warned_of_address_ && is_out_of_reach(told.address, peer().host)) {
    is_warned_of_address_ = true;
    log_event(Level::warning, "private-address-told",
              {{"session", id_},
               {"client", to_string(peer().host)},
               {"user", session_.user()},
               {"address", to_string(told.address)},
               {"key", told.key}});
  }
  return told.address;
}

void ControlConnection::carry_out(ConnectForData& action) { dtp().connect_to(action.peer); }

void ControlConnection::carry_out(ForgetData&) {
  if (dtp_) dtp_->forget();
}

void ControlConnection::carry_out(StartTransfer& action) {
  transfer_ = std::make_unique<CurrentTransfer>(action.request, now(), services_.activity);
  dtp().start(root_, action.request, {pace_, account_pace_}, data_tls(action.request));
}

std::optional<DataTls> ControlConnection::data_tls(const TransferRequest& request) const {
  if (request.protection == Protection::clear) return std::nullopt;
  const Config::Tls& demands = services_.config.tls;
  return DataTls{control_.context(), id_, demands.session_reuse, demands.unclean_end,
                 control_.tls()->client()};
}

void ControlConnection::carry_out(Abort&) { abort(); }

void ControlConnection::abort() {
  if (digest()) return file_request_done({.error = ECANCELED});
  dtp().abort();
}

void ControlConnection::carry_out(ReportRefusal& action) { log_refusal(speaker(), action, last_reply_); }

void ControlConnection::carry_out(CloseControl&) {
  state_ = State::closing;
  has_said_farewell_ = true;
}

Dtp& ControlConnection::dtp() {
  Dtp::Owner& owner = *this;
  if (!dtp_) dtp_ = std::make_unique<Dtp>(services_, session_.local(), peer(), owner);
  return *dtp_;
}

// ---- the records of a transfer ----

void ControlConnection::record(const TransferResult& result, std::optional<Code> reply) {
  const std::unique_ptr<CurrentTransfer> ended = std::exchange(transfer_, nullptr);
  const milliseconds lasted(now() - ended->begun);
  pace_.pay(result.bytes, Pace::Clock::now() - lasted);
  log_transfer(speaker(), ended->request, result, reply, lasted, session_.rights_key());
  count_transfer(services_.totals, ended->request.kind, result);
  if (result.tls_end == TlsEnd::cut)
    log_event(Level::warning, "no-close-notify",
              {{"session", id_}, {"client", to_string(peer().host)}, {"path", ended->request.path}});
  using Kind = TransferRequest::Kind;
  const Kind kind = ended->request.kind;
  const bool is_complete = result.outcome == TransferResult::Outcome::complete;
  const bool is_file = kind != Kind::list && kind != Kind::name_list && kind != Kind::fact_list;
  if (is_file && is_complete && kind != Kind::retrieve) tell_of_upload(ended->request, result.bytes, lasted);
  if (!is_file || result.outcome == TransferResult::Outcome::refused) return;
  services_.transfer_log.append(
      {.ended = std::time(nullptr),
       .seconds = lasted.count() / 1000,
       .client = peer().host,
       .bytes = result.bytes,
       .path = ended->request.path,
       .type = ended->request.type,
       .direction =
           kind == Kind::retrieve ? TransferRecord::Direction::outgoing : TransferRecord::Direction::incoming,
       .access = is_anonymous_ ? TransferRecord::Access::anonymous : TransferRecord::Access::real,
       .user = email_ ? *email_ : session_.user(),
       .status = is_complete ? TransferRecord::Status::complete : TransferRecord::Status::incomplete});
}

void ControlConnection::tell_of_upload(const TransferRequest& request, std::uint64_t bytes,
                                       Milliseconds lasted) {
  const Account* account =
      is_anonymous_ ? services_.accounts.anonymous() : services_.accounts.find(session_.user());
  const bool is_whole = request.kind != TransferRequest::Kind::append && request.type == Type::image &&
                        request.offset == 0 && !request.last_byte;
  services_.upload_events.complete({.session = id_,
                                    .client = peer().host,
                                    .user = session_.user(),
                                    .verb = to_string(request.kind),
                                    .root = root_,
                                    .path = request.path,
                                    .file = account ? account->directory + request.path : "",
                                    .size = is_whole ? std::optional(bytes) : std::nullopt,
                                    .lasted = lasted});
}

}  // namespace uvftpd
