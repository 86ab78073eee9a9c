// How a ControlConnection carries out what its Session asks for; its events are in control_connection.cc.
#include <algorithm>
#include <ctime>

#include "protocol/file_error.h"
#include "server/control_connection.h"
#include "server/file_requests.h"
#include "server/log.h"

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

void ControlConnection::carry_out(SendReply& action) { unsent_ += encode(action.reply); }

void ControlConnection::carry_out(CheckPassword& action) {
  const Account* guest = is_anonymous_name(action.user) ? services_.accounts.anonymous() : nullptr;
  if (guest && (!services_.config.anonymous.require_email || looks_like_email(action.password))) {
    is_anonymous_ = true;
    // Somebody may have meant another account, and said its password.
    return admit(*guest, looks_like_email(action.password) ? action.password : "");
  }
  const std::string from = place();
  if (!services_.throttle.may_try(from, milliseconds(now()))) {
    log_event(Level::warning, "turned-away",
              {{"client", to_string(peer().host)}, {"key", "limits.login_failures_per_address"}});
    return perform(session_.login_not_now("Too many failed logins from your address, try again later."));
  }
  login_ = std::make_unique<LoginAttempt>(services_.loop, [this] { refuse(); });
  const auto submitted =
      services_.logins.submit(id_, from, std::move(action.user), std::move(action.password));
  if (submitted == LoginWorkers::Submitted::too_busy)
    perform(session_.login_not_now("Too many logins at once, try again later."));
}

void ControlConnection::password_checked(LoginWorkers::Verdict verdict) {
  if (!login_ || state_ != State::open) return;
  if (verdict == LoginWorkers::Verdict::accepted) {
    login_.reset();
    is_anonymous_ = false;
    admit(*services_.accounts.find(session_.user()), session_.user());
    return event_over();
  }
  // A time after the question that does not tell how long the hash took.
  const unsigned earlier = services_.throttle.failures(place(), milliseconds(now()));
  const auto delay = std::min(services_.config.limits.login_delay * (1 + earlier), kLongestDelay);
  const auto elapsed = milliseconds(now() - login_->asked);
  login_->refusal.start(std::max(delay - elapsed, milliseconds(0)));
  services_.throttle.failed(place(), milliseconds(now()));
}

void ControlConnection::refuse() {
  log_event(
      Level::warning, "login-refused",
      {{"session", std::to_string(id_)}, {"client", to_string(peer().host)}, {"user", session_.user()}});
  perform(session_.password_checked(std::nullopt));
  login_.reset();
  event_over();
}

void ControlConnection::admit(const Account& account, std::string_view name) {
  root_ = account.root;
  account_pace_ = account.pace.get();
  owner_.admitted(id_);
  log_event(Level::info, "login",
            {{"session", std::to_string(id_)},
             {"client", to_string(peer().host)},
             {"user", session_.user()},
             {is_anonymous_ ? "email" : "name", std::string(name)}});
  perform(session_.password_checked(account.rights));
}

void ControlConnection::carry_out(RunFileRequest& action) {
  const auto kind = action.request.kind;
  if (kind == FileRequest::Kind::digest || kind == FileRequest::Kind::ascii_size) {
    digest_ = std::make_unique<FileDigest>(services_.digest_slots, root_, std::move(action.request),
                                           [this](const FileResult& result) { file_request_done(result); });
    if (has_client_ended_ && session_.is_at_work()) abort();  // nobody would notice that the client is gone
    return;
  }
  file_job_ = std::make_unique<uv::Job<FileResult>>(
      services_.loop,
      [root = root_, request = std::move(action.request)] { return run_file_request(root, request); },
      [this](const FileResult& result) { file_request_done(result); });
}

void ControlConnection::file_request_done(const FileResult& result) {
  digest_.reset();
  perform(session_.file_request_done(result));
  event_over();
}

void ControlConnection::carry_out(ListenForData& action) {
  auto bound = dtp().listen();
  if (bound && action.form == PassiveForm::pasv)
    bound->host = services_.passive_addresses.told_to(peer().host, bound->host);
  perform(session_.listening(bound));
}

void ControlConnection::carry_out(ConnectForData& action) { dtp().connect_to(action.peer); }

void ControlConnection::carry_out(ForgetData&) {
  if (dtp_) dtp_->forget();
}

void ControlConnection::carry_out(StartTransfer& action) {
  transfer_ = std::make_unique<CurrentTransfer>(CurrentTransfer{action.request, now()});
  dtp().start(root_, action.request, {pace_, account_pace_});
}

void ControlConnection::carry_out(Abort&) { abort(); }

void ControlConnection::abort() {
  if (digest_) return file_request_done({.error = ECANCELED});
  dtp().abort();
}

void ControlConnection::carry_out(ReportRefusal& action) {
  log_event(Level::info, "refused",
            {{"session", std::to_string(id_)},
             {"client", to_string(peer().host)},
             {"user", session_.user()},
             {"verb", action.verb},
             {"path", action.path},
             {"key", action.key}});
}

void ControlConnection::carry_out(CloseControl&) { state_ = State::closing; }

Dtp& ControlConnection::dtp() {
  Dtp::Owner& owner = *this;
  if (!dtp_) dtp_ = std::make_unique<Dtp>(services_, session_.local(), peer(), owner);
  return *dtp_;
}

// ---- the records of a transfer ----

void ControlConnection::record(const TransferResult& result) {
  const std::unique_ptr<CurrentTransfer> ended = std::exchange(transfer_, nullptr);
  const std::uint64_t lasted = now() - ended->begun;
  pace_.pay(result.bytes, Pace::Clock::now() - milliseconds(lasted));
  const bool is_complete = result.outcome == TransferResult::Outcome::complete;
  using Kind = TransferRequest::Kind;
  const Kind kind = ended->request.kind;
  log_event(is_complete ? Level::info : Level::warning, "transfer",
            {{"session", std::to_string(id_)},
             {"client", to_string(peer().host)},
             {"user", session_.user()},
             {"verb", std::string(to_string(kind))},
             {"path", ended->request.path},
             {"outcome", std::string(to_string(result.outcome))},
             {"reason", result.error == 0 ? "" : describe_file_error(result.error)},
             {"bytes", std::to_string(result.bytes)},
             {"milliseconds", std::to_string(lasted)}});
  const bool is_file = kind != Kind::list && kind != Kind::name_list && kind != Kind::fact_list;
  if (!is_file || result.outcome == TransferResult::Outcome::refused) return;
  services_.transfer_log.append(
      {.ended = std::time(nullptr),
       .seconds = static_cast<std::int64_t>(lasted / 1000),
       .client = peer().host,
       .bytes = result.bytes,
       .path = ended->request.path,
       .type = ended->request.type,
       .direction =
           kind == Kind::retrieve ? TransferRecord::Direction::outgoing : TransferRecord::Direction::incoming,
       .access = is_anonymous_ ? TransferRecord::Access::anonymous : TransferRecord::Access::real,
       .user = session_.user(),
       .status = is_complete ? TransferRecord::Status::complete : TransferRecord::Status::incomplete});
}

}  // namespace uvftpd
