// The events of a Session and the guards of the verb table; the handlers are in session_commands.cc and
// session_transfers.cc.
#include "protocol/session.h"

#include <algorithm>

#include "protocol/command.h"
#include "protocol/file_error.h"
#include "protocol/listing.h"
#include "protocol/path.h"

namespace uvftpd {

Session::Session(const SessionSettings& settings, const SocketAddress& local, const SocketAddress& peer,
                 TlsStart tls_start)
    : settings_(&settings), local_(local), peer_(peer), tls_start_(tls_start) {}

// ---- control connection ----

Actions Session::connected() {
  if (tls_start_ == TlsStart::explicitly) {
    reply(Code::service_ready, settings_->banner);
  } else {
    activity_ = Activity::waiting;
    actions_.emplace_back(SecureControl{});
  }
  return take();
}

bool Session::is_farewell(const Line& line) { return parse_command(line.text).verb == "QUIT"; }

bool Session::accepts(const Line& line) const {
  if (!is_at_work()) return activity_ == Activity::idle;
  const Command command = parse_command(line.text);
  const Verb* verb = find_verb(command.verb);
  return verb && verb->in_transfer == Verb::InTransfer::heard && command.argument.empty();
}

Actions Session::line_received(const Line& line) {
  Command command = parse_command(line.text);
  command.took_effect = line.took_effect;
  if (const auto left = std::exchange(left_, nullptr)) command.before = std::move(*left);
  const Verb* verb = find_verb(command.verb);
  if (line.fault == Line::Fault::tls_hello || is_foreign_protocol(command.verb))
    hang_up("This is an FTP server.");
  else if (line.fault == Line::Fault::endless)
    hang_up("A line without end.");
  else if (line.fault == Line::Fault::too_long)
    bad_line(Code::line_too_long, "Line too long.");
  else if (line.fault == Line::Fault::forbidden_byte)
    bad_line(Code::bad_argument, "A NUL or a lone CR is not allowed in a command.");
  else if (verb ? !is_offered(*verb) : is_known_elsewhere(command.verb))
    reply(Code::not_offered, "Not offered here.");
  else if (!verb)
    bad_line(Code::unknown_command, "Unknown command.");
  else if (login_ != Login::done && verb->login == Verb::Login::needed)
    reply(Code::not_logged_in, "Log in with USER and PASS.");
  else
    run_verb(*verb, std::move(command));
  return take();
}

Actions Session::line_waiting(const Line& line) {
  if (!is_at_work() || is_aborting_ || line.took_effect) return {};
  const Command command = parse_command(line.text);
  const Verb* verb = find_verb(command.verb);
  if (!verb || verb->in_transfer != Verb::InTransfer::interrupts || !command.argument.empty()) return {};
  is_aborting_ = true;
  actions_.emplace_back(Abort{});
  return take();
}

Actions Session::idle_expired() {
  reply(Code::idle_for_too_long, "Idle for too long, closing the control connection.");
  close();
  return take();
}

Actions Session::login_expired() {
  reply(Code::idle_for_too_long, "Not logged in in time, closing the control connection.");
  close();
  return take();
}

Actions Session::gave_way() {
  reply(Code::too_many_sessions, "Too many sessions, and you are not logged in.");
  close();
  return take();
}

Actions Session::kicked() {
  reply(Code::service_closing, "Closed by the administrator.");
  close();
  return take();
}

Actions Session::service_closing() {
  ending_ = Ending::after_this;
  if (is_idle()) activity_over();
  return take();
}

// ---- answers to what was asked for; they may come after the control connection was closed ----

Actions Session::password_checked(const std::optional<Rights>& granted) {
  if (activity_ == Activity::closed) return {};
  activity_ = Activity::idle;
  if (granted) {
    login_ = Login::done;
    bad_lines_ = 0;
    rights_ = *granted;
    reply(Code::logged_in, "Logged in.");
  } else if (++failures_ >= settings_->login_failures) {
    reply(Code::too_many_failures, "Too many wrong passwords, closing the control connection.");
    close();
  } else {
    login_ = Login::none;
    reply(Code::not_logged_in, "Login incorrect.");
  }
  activity_over();
  return take();
}

Actions Session::login_not_now(std::string why) {
  reply(Code::too_many_failures, std::move(why));
  close();
  return take();
}

Actions Session::file_request_done(const FileResult& result) {
  if (activity_ == Activity::closed) return {};
  activity_ = Activity::idle;
  is_aborting_ = false;
  const auto on_success = std::exchange(on_success_, nullptr);
  if (result.error != 0) {
    const Reply refusal = file_error_reply(result.error, failure_code_);
    reply(refusal.code, refusal.text);
  } else {
    (*on_success)(result);
  }
  activity_over();
  return take();
}

Actions Session::listening(const std::optional<SocketAddress>& told) {
  if (activity_ == Activity::closed) return {};
  activity_ = Activity::idle;
  has_data_address_ = told.has_value();
  if (!told)
    reply(Code::no_data_connection, "No passive port can be had now.");
  else if (passive_form_ == PassiveForm::pasv)
    reply(Code::passive, "Entering Passive Mode (" + format_host_port(*told) + ").");
  else
    reply(Code::extended_passive, "Entering Extended Passive Mode (|||" + std::to_string(told->port) + "|).");
  activity_over();
  return take();
}

Actions Session::transfer_opened(const TransferOpening& opening) {
  const auto bytes = opening.bytes_to_come;
  if (!opening.unique_path.empty())
    reply(Code::opening_data, "FILE: " + name_as_sent(opening.unique_path));  // RFC 1123, section 4.1.2.9
  else if (bytes)
    reply(Code::opening_data, "Opening data connection (" + std::to_string(*bytes) + " bytes).");
  else
    reply(Code::opening_data, "Opening data connection.");
  return take();
}

Actions Session::transfer_finished(const TransferResult& result) {
  if (activity_ == Activity::closed) return {};
  activity_ = Activity::idle;
  is_aborting_ = false;
  has_data_address_ = false;  // RFC 1123, section 4.1.2.6: one PASV for each transfer
  send_data_reply(result);
  activity_over();
  return take();
}

void Session::send_data_reply(const TransferResult& result) {
  using enum TransferResult::Outcome;
  switch (result.outcome) {
    case complete:
      return reply(Code::transfer_complete, "Transfer complete.");
    case aborted:
      return reply(Code::transfer_aborted, "Transfer aborted.");
    case no_connection:
      return reply(Code::no_data_connection, "No data connection came about.");
    case connection_lost:
      return reply(Code::data_connection_lost, "Data connection lost.");
    case not_secured:
      return reply(Code::data_not_secured, "The TLS handshake of the data connection failed.");
    case not_resumed:
      return reply(Code::data_not_secured,
                   "The data connection must resume the control connection's TLS session.");
    case cut:
      return reply(Code::data_connection_lost, "The data ended without TLS's close_notify.");
    case stalled:
      return reply(Code::data_connection_lost, "No progress for too long, data connection closed.");
    case refused:
    case file_error: {
      const Reply failure =
          file_error_reply(result.error, result.outcome == refused ? failure_code_ : Code::local_error);
      return reply(failure.code, failure.text);
    }
  }
}

// ---- guards ----

void Session::run_verb(const Verb& verb, Command command) {
  using enum Verb::Argument;
  if (verb.argument == none && !command.argument.empty())
    return reply(Code::bad_argument, "This verb takes no argument.");
  std::string_view name = command.argument;
  Secret word;
  if (verb.argument == word_and_path) {
    word = name.substr(0, name.find(' '));
    name.remove_prefix(std::min(word.size() + 1, name.size()));
  }
  const bool may_be_empty = verb.argument == none || verb.argument == optional ||
                            verb.argument == optional_path || verb.argument == listing;
  if (!may_be_empty && name.empty()) return reply(Code::bad_argument, "This verb needs an argument.");

  if (verb.argument == listing) name = without_options(name);
  const bool takes_path = verb.argument != none && verb.argument != optional && verb.argument != required;
  if (takes_path && !resolve(verb, name, command)) return;
  if (verb.argument == word_and_path) command.argument = std::move(word);
  if (verb.argument == listing) command.argument = Secret(name);
  (this->*verb.handler)(command);
}

// Fills in the path that `name` means; false when it may not be used: the refusal is said then.
bool Session::resolve(const Verb& verb, std::string_view name, Command& command) {
  auto path = resolve_path(directory_, name);
  if (!path || (verb.argument == Verb::Argument::new_path && !is_acceptable_new_name(*path))) {
    refuse_by_rule(command.verb, name, "name", {verb.refusal, "This name is not allowed."});
    return false;
  }
  command.path = std::move(*path);
  if (rights_.allows(verb.permission, command.path)) return true;
  reply(verb.refusal, "Permission denied.");
  actions_.emplace_back(ReportRefusal{command.verb, command.path, std::string(rights_.key)});
  return false;
}

void Session::refuse_by_rule(const std::string& verb, std::string_view path, std::string_view rule,
                             Reply refusal) {
  reply(refusal.code, std::move(refusal.text));
  actions_.emplace_back(ReportRefusal{verb, std::string(path), {}, rule});
}

// ---- shared steps ----

void Session::reply(Code code, std::string text) {
  if (activity_ != Activity::closed) actions_.emplace_back(SendReply{{code, std::move(text)}});
}

void Session::ask(FileRequest request, Code failure, OnSuccess on_success, Activity activity) {
  activity_ = activity;
  progress_ = 0;
  failure_code_ = failure;
  on_success_ = std::make_unique<OnSuccess>(std::move(on_success));
  actions_.emplace_back(RunFileRequest{std::move(request)});
}

void Session::forget_login() {
  login_ = Login::none;
  user_.clear();
  directory_ = "/";
  rights_ = {};
  type_ = Type::ascii;
  facts_ = FactSet::all();
  digest_ = {};
  idle_seconds_.reset();
  only_epsv_ = false;
  if (std::exchange(has_data_address_, false)) actions_.emplace_back(ForgetData{});
}

// What was asked for is answered; the service may have been waiting for that to close.
void Session::activity_over() {
  if (ending_ == Ending::none || activity_ == Activity::closed) return;
  reply(Code::service_closing, "Service closing.");
  close();
}

// Who sends nothing but rubbish is no client; one that tries what this server might know is left in peace.
void Session::bad_line(Code code, std::string text) {
  constexpr unsigned kMaxBeforeLogin = 10, kMaxAfterLogin = 50;
  if (++bad_lines_ > (is_logged_in() ? kMaxAfterLogin : kMaxBeforeLogin))
    return hang_up("Too many bad commands.");
  reply(code, std::move(text));
}

void Session::hang_up(std::string why) {
  reply(Code::service_closing, std::move(why));
  close();
}

void Session::close() {
  if (std::exchange(activity_, Activity::closed) != Activity::closed) actions_.emplace_back(CloseControl{});
}

}  // namespace uvftpd
