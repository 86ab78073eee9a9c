// What a Session promises, whatever a client says and however the server fares: watched from outside, by a
// model that knows of a session only what README.md and the RFCs say.
//
// Each event is told to it before the Session hears of it, and the actions that come of it afterwards.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "protocol/session.h"
#include "tests/fuzz/fuzz.h"

namespace uvftpd {

class SessionPromises {
 public:
  SessionPromises(const SessionSettings& settings, const SocketAddress& local, const SocketAddress& peer,
                  TlsStart tls_start, std::string_view secret)
      : settings_(settings), local_(local), peer_(peer), tls_start_(tls_start), secret_(secret) {}

  const std::optional<Action>& asked() const { return asked_; }
  bool is_closed() const { return is_closed_; }
  bool is_open() const { return is_open_; }  // the transfer
  bool is_aborted() const { return is_aborted_; }
  bool is_logged_in() const { return is_logged_in_; }
  bool is_at_work() const { return asked_ && can_be_aborted(*asked_); }
  bool is_shaking() const { return asked_ && std::holds_alternative<SecureControl>(*asked_); }

  // ---- before an event ----

  void command(const Line& line) {
    demand(!asked_ || is_at_work(), "no command runs while an answer is awaited");
    const Command parsed = parse_command(line.text);
    ++owed_;
    if (asked_) return demand(parsed.verb == "STAT" && parsed.argument.empty(), "a transfer hears STAT only");
    before_ = std::exchange(command_, parsed);
    command_.took_effect = line.took_effect;
    const bool logs_out = parsed.verb == "REIN" && parsed.argument.empty();
    if (logs_out || (parsed.verb == "USER" && !parsed.argument.empty())) {
      forget_login();
      user_ = parsed.argument.view();
    }
    if (!logs_out) return;
    is_private_ = has_buffer_size_ = false;
    must_expose_ = is_secured_ && tls_start_ == TlsStart::explicitly;
  }
  void handshake_answered(Handshake handshake) {
    asked_.reset();
    if (is_closed_) return;
    is_secured_ = handshake == Handshake::done;
    has_no_way_back_ = !is_secured_;
    // In the middle of a handshake a reply is no reply; where nothing is in the clear there is none either.
    is_dumb_ = handshake == Handshake::failed || (!is_secured_ && tls_start_ == TlsStart::implicitly);
  }
  void password_answered(const std::optional<Rights>& granted) {
    asked_.reset();
    if (is_closed_ || !granted) return;
    rights_ = *granted;
    is_logged_in_ = true;
  }
  void file_answered(const FileResult& result) {
    const FileRequest request = std::get<RunFileRequest>(*asked_).request;
    asked_.reset();
    is_aborted_ = false;
    if (is_closed_ || result.error != 0) return;
    if (request.kind == FileRequest::Kind::enter_directory) directory_ = request.path;
  }
  void port_answered(bool has_port) {
    asked_.reset();
    is_prepared_ = has_port;
  }
  void transfer_opens() { is_open_ = true; }
  void transfer_ends() {
    demand(is_closed_ || is_preliminary_ == is_open_, "a transfer that opened was announced");
    asked_.reset();
    is_open_ = is_aborted_ = is_prepared_ = is_preliminary_ = false;
  }

  // ---- after it ----

  void take(const Actions& actions) {
    for (const Action& action : actions) {
      demand(!is_closed_, "nothing is done after the control connection was closed");
      std::visit([this, &action](const auto& one) { check(one, action); }, action);
    }
    demand(!says_farewell_ || is_closed_, "who was told 221 or 421 is disconnected");
    demand(!has_no_way_back_ || is_closed_, "a handshake that failed ends the session");
    demand(!must_expose_ || is_closed_, "TLS ends with REIN");
    const bool is_answered = !asked_ || (is_shaking() && tls_start_ == TlsStart::explicitly);
    demand(is_closed_ || owed_ == (is_answered ? 0 : 1), "each command has one final reply, in its turn");
  }

 private:
  static bool can_be_aborted(const Action& action) {
    const auto* const file = std::get_if<RunFileRequest>(&action);
    return std::holds_alternative<StartTransfer>(action) ||
           (file != nullptr && file->request.kind == FileRequest::Kind::digest);
  }

  void ask(const Action& action) {
    demand(!asked_, "one thing is asked for at a time");
    demand(owed_ == 1, "nothing is asked for without a command");
    asked_ = action;
  }

  void check(const SendReply& a, const Action&) {
    demand(!is_dumb_, "who fails in a handshake is told nothing");
    const std::string wire = encode(a.reply);
    demand_one_reply(wire);
    demand(wire.size() <= 64 * 1024, "a reply is not without end");
    demand(wire.find(secret_) == std::string::npos, "no reply has the password");
    const bool is_notice = a.reply.code == Code::service_closing;  // 421, which may come unasked
    if (!is_final(a.reply.code)) {
      demand(is_open_ && !is_preliminary_, "a transfer is announced once, when it opens");
      is_preliminary_ = true;
    } else if (!is_notice) {
      demand(owed_-- > 0, "no final reply comes without a command");
      check_final(a.reply);
    }
    says_farewell_ = is_notice || a.reply.code == Code::goodbye;
  }
  void check_final(const Reply& reply) {
    const bool is_plain = command_.argument.empty() && !asked_;
    if (command_.verb == "ABOR" && is_plain)
      demand(reply.code == (command_.took_effect ? Code::abort_done : Code::nothing_to_abort),
             "ABOR tells whether there was something to abort");
    if (command_.verb == "PWD" && is_plain && is_logged_in_)
      demand(reply.text.starts_with(quoted(directory_) + " "), "PWD tells where the last CWD led");
    if (command_.verb == "EPSV" && !asked_ && reply.code == Code::ok) only_epsv_ = true;
    check_protection(reply.code);
    if (command_.verb == "PASV" && is_plain && is_logged_in_ && reply.code == Code::bad_argument)
      demand(only_epsv_, "PASV is refused after EPSV ALL only");
  }
  // What AUTH, PBSZ and PROT are answered, in this order (RFC 4217, sections 4, 8 and 9).
  void check_protection(Code code) {
    if (code == Code::secure_now) {
      demand(command_.verb == "AUTH" && !is_secured_, "AUTH secures what is in the clear");
      return forget_login();
    }
    if (asked_ || code != Code::ok) return;
    if (command_.verb == "PBSZ") {
      demand(is_secured_, "PBSZ stands behind AUTH");
      has_buffer_size_ = true;
    } else if (command_.verb == "PROT") {
      demand(is_secured_ && has_buffer_size_, "PROT stands behind PBSZ");
      is_private_ = upper_case(command_.argument) == "P";
      demand(is_private_ || upper_case(command_.argument) == "C", "there are two levels of protection");
    }
  }
  void forget_login() {
    is_logged_in_ = only_epsv_ = false;
    directory_ = "/";
  }
  TlsPolicy policy() const {
    const std::string name = upper_case(user_);
    return name == "ANONYMOUS" || name == "FTP" ? settings_.anonymous_tls : settings_.tls;
  }

  void check(const SecureControl&, const Action& action) {
    const bool is_implicit = tls_start_ == TlsStart::implicitly;
    demand(!asked_ && !is_secured_, "a handshake is alone, and the first");
    demand(owed_ == (is_implicit ? 1 : 0), "a handshake stands behind 234, or before 220");
    demand(settings_.tls != TlsPolicy::off && !is_logged_in_, "TLS is offered, and voids the login");
    asked_ = action;
  }
  void check(const ExposeControl&, const Action&) {
    demand(must_expose_, "TLS ends with REIN, and with nothing else");
    must_expose_ = is_secured_ = false;
  }
  void check(const CheckPassword& a, const Action& action) {
    ask(action);
    demand(is_secured_ ? policy() != TlsPolicy::off : policy() < TlsPolicy::require_login,
           "no password is asked for against the policy of TLS");
    demand(!is_logged_in_ && before_.verb == "USER", "PASS stands behind USER");
    demand(a.user == user_ && a.password == secret_, "the name and the password are checked as they came");
  }
  void check(const RunFileRequest& a, const Action& action) {
    ask(action);
    demand(is_logged_in_, "no file is touched before the login");
    demand(is_normalised(a.request.path), "a path is normalised");
    if (a.request.kind == FileRequest::Kind::rename) {
      demand(is_normalised(a.request.new_path), "a new path is normalised");
      demand(before_.verb == "RNFR", "RNTO stands behind RNFR");
    }
    check_new_name(a.request);
    demand(is_allowed(a.request), "nothing is done to a file without the right to it");
  }
  void check(const ListenForData& a, const Action& action) {
    ask(action);
    const bool is_offered = settings_.passive == SessionSettings::Mode::offered;
    demand(is_logged_in_ && is_offered, "no port is opened before the login, or where there are none");
    if (a.form == PassiveForm::pasv)
      demand(local_.host.family == Address::Family::ipv4 && !only_epsv_,
             "PASV is for IPv4, EPSV not decided");
    is_prepared_ = false;
  }
  void check(const ConnectForData& a, const Action&) {
    demand(is_logged_in_ && settings_.active == SessionSettings::Mode::offered,
           "PORT is offered, after a login");
    demand(!only_epsv_, "after EPSV ALL nobody is connected to");
    demand(a.peer.host == peer_.host, "data goes to the client's own address");
    demand(a.peer.port >= 1024, "data goes to no privileged port");
    is_prepared_ = true;
  }
  void check(const ForgetData&, const Action&) { is_prepared_ = false; }
  void check(const StartTransfer& a, const Action& action) {
    ask(action);
    demand(is_logged_in_ && is_prepared_, "a transfer has a login and an address");
    demand(is_normalised(a.request.path), "a path is normalised");
    demand(is_allowed(a.request), "nothing is transferred without the right to it");
    demand((a.request.protection == Protection::tls) == is_private_, "data is protected as PROT said last");
    demand(is_secured_ || !is_private_, "no data is protected that is told of in the clear");
    demand(is_private_ || policy() != TlsPolicy::require_data, "no data is in the clear against the policy");
    demand(!a.request.last_byte || a.request.offset <= *a.request.last_byte, "a range is in order");
    demand(!a.request.last_byte || a.request.type == Type::image, "a range is for TYPE I");
  }
  void check(const Abort&, const Action&) {
    demand(is_at_work() && !is_aborted_, "what is at work is aborted once");
    is_aborted_ = true;
  }
  void check(const ReportRefusal& a, const Action&) {
    const bool is_of_tls = a.key == "tls.mode" || a.key == "anonymous.tls";
    demand((is_of_tls && a.path.empty()) || (is_logged_in_ && (is_normalised(a.path) || !a.rule.empty())),
           "a refusal names a path");
    demand(a.key.empty() != a.rule.empty(), "a refusal tells what decided");
    demand((a.verb + a.key).find(secret_) == std::string::npos, "no refusal has the password");
  }
  void check(const CloseControl&, const Action&) {
    demand(says_farewell_ || is_dumb_, "nobody is disconnected without a word");
    is_closed_ = true;
  }

  void check_new_name(const FileRequest& request) const {
    using enum FileRequest::Kind;
    const bool is_new = request.kind == make_directory || request.kind == rename;
    demand(!is_new || is_acceptable_new_name(request.kind == rename ? request.new_path : request.path),
           "a new name has no control character");
  }

  // Which rights an action needs, by what it does and not by the verb.
  bool is_allowed(const FileRequest& request) const {
    using enum FileRequest::Kind;
    const auto may = [&](Permission one) { return rights_.allows(one, request.path); };
    switch (request.kind) {
      case enter_directory:
        return true;
      case make_directory:
        return may(Permission::mkdir);
      case remove_directory:
        return may(Permission::rmdir);
      case remove_file:
        return may(Permission::remove);
      case rename_source:
        return may(Permission::rename);
      case rename:
        return may(Permission::rename) && rights_.allows(Permission::rename, request.new_path) &&
               (request.existing == Existing::keep ||
                rights_.allows(Permission::overwrite, request.new_path));
      case set_modification_time:
        return may(Permission::mtime);
      case set_mode:
        return may(Permission::chmod) && request.mode <= 0777;
      case available_space:
        return may(Permission::upload);
      case digest:
        return may(Permission::download);
      default:  // size, ascii_size, modification_time, listing, facts
        return may(Permission::list);
    }
  }
  bool is_allowed(const TransferRequest& request) const {
    using enum TransferRequest::Kind;
    const auto may = [&](Permission one) { return rights_.allows(one, request.path); };
    const bool is_upload = request.kind == store || request.kind == store_unique || request.kind == append;
    if (is_upload && !is_acceptable_new_name(request.path)) return false;
    switch (request.kind) {
      case retrieve:
        return may(Permission::download);
      case store:
        return may(Permission::upload) && (request.existing == Existing::keep || may(Permission::overwrite));
      case store_unique:
        return may(Permission::upload);
      case append:
        return may(Permission::append) && (request.missing == Missing::refuse || may(Permission::upload));
      default:  // list, name_list, fact_list
        return may(Permission::list);
    }
  }

  const SessionSettings& settings_;
  SocketAddress local_, peer_;
  TlsStart tls_start_;
  std::string secret_, user_, directory_ = "/";
  Rights rights_;
  Command command_, before_;     // the last two, but for a STAT that a transfer heard
  std::optional<Action> asked_;  // and not answered yet
  int owed_ = 1;                 // final replies; the greeting is the first
  bool is_logged_in_ = false, is_prepared_ = false, only_epsv_ = false;
  bool is_open_ = false, is_preliminary_ = false, is_aborted_ = false;
  bool is_secured_ = false, has_buffer_size_ = false, is_private_ = false;  // AUTH, PBSZ, PROT P
  bool must_expose_ = false, has_no_way_back_ = false, is_dumb_ = false;
  bool says_farewell_ = false, is_closed_ = false;
};

}  // namespace uvftpd
