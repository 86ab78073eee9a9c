// The handlers of a Session's verbs that prepare, use and abort the data connection.
#include "protocol/file_error.h"
#include "protocol/path.h"
#include "protocol/session.h"

namespace uvftpd {
namespace {

constexpr std::uint16_t kFirstUnprivilegedPort = 1024;

// RFC 2428's network protocol numbers.
std::string_view protocol_number(Address::Family family) {
  return family == Address::Family::ipv4 ? "1" : "2";
}

}  // namespace

// ---- preparing ----

// Clients put these verbs between REST and the transfer.
void Session::pass_on_restart(const Command& command) {
  if (command.before.restart_at == 0 && !command.before.last_byte) return;
  legacy().restart_at = command.before.restart_at;
  legacy().last_byte = command.before.last_byte;
}

bool Session::may_prepare_data(SessionSettings::Mode mode, const Command& command) {
  pass_on_restart(command);
  if (mode == SessionSettings::Mode::offered && !only_epsv_) return true;
  if (mode == SessionSettings::Mode::disabled)
    reply(Code::not_offered, "Not offered here.");
  else
    reply(Code::bad_argument, "Only EPSV after EPSV ALL.");
  return false;
}

void Session::listen(PassiveForm form) {
  activity_ = Activity::waiting;
  passive_form_ = form;
  actions_.emplace_back(ListenForData{form});
}

void Session::pasv(const Command& command) {
  if (!may_prepare_data(settings_->passive, command)) return;
  // 227 has room for an IPv4 address only (RFC 2428, section 4).
  if (local_.host.family == Address::Family::ipv6)
    return reply(Code::no_data_connection, "PASV is for IPv4: use EPSV.");
  listen(PassiveForm::pasv);
}

void Session::epsv(const Command& command) {
  const std::string argument = upper_case(command.argument);
  if (settings_->passive == SessionSettings::Mode::disabled)
    return reply(Code::not_offered, "Not offered here.");
  pass_on_restart(command);
  const auto own = protocol_number(local_.host.family);
  if (argument == "ALL") {
    only_epsv_ = true;
    return reply(Code::ok, "Only EPSV from now on.");
  }
  if (argument.empty() || argument == own) return listen(PassiveForm::epsv);
  if (parse_count(argument))
    return reply(Code::unsupported_protocol, "Use another network protocol (" + std::string(own) + ")");
  reply(Code::bad_argument, "Not a network protocol.");
}

void Session::port(const Command& command) {
  if (!may_prepare_data(settings_->active, command)) return;
  const auto address = parse_host_port(command.argument);
  if (!address) return reply(Code::bad_argument, "Not an address and port.");
  accept_port(*address, command.verb);
}

void Session::eprt(const Command& command) {
  if (!may_prepare_data(settings_->active, command)) return;
  const ExtendedPort parsed = parse_extended_port(command.argument);
  if (parsed.fault == ExtendedPort::Fault::malformed)
    return reply(Code::bad_argument, "Not an address and port.");
  if (parsed.fault == ExtendedPort::Fault::unknown_protocol ||
      parsed.address.host.family != peer_.host.family)
    return reply(Code::unsupported_protocol,
                 "Use another network protocol (" + std::string(protocol_number(peer_.host.family)) + ")");
  accept_port(parsed.address, command.verb);
}

// RFC 2577, section 3: no third party and no service of the client's may be made to suffer.
void Session::accept_port(const SocketAddress& address, const std::string& verb) {
  SocketAddress target = address;
  target.host.scope = peer_.host.scope;  // an EPRT cannot say it
  if (target.host != peer_.host)
    return refuse_by_rule(verb, to_string(address), "own-address",
                          {Code::bad_argument, "Only to your own address."});
  if (target.port < kFirstUnprivilegedPort)
    return refuse_by_rule(verb, to_string(address), "unprivileged-port",
                          {Code::bad_parameter, "Only to a port from 1024 on."});
  has_data_address_ = true;
  actions_.emplace_back(ConnectForData{target});
  reply(Code::ok, "Data goes to that port.");
}

void Session::rest(const Command& command) {
  const auto offset = parse_count(command.argument);
  if (!offset) return reply(Code::bad_argument, "Not an offset.");
  legacy().restart_at = *offset;
  reply(Code::restart_at, "Restarting at " + std::to_string(*offset) + ".");
}

// draft-bryan-ftp-range, section 3: the last byte is within the range; 1 0 is the whole file.
void Session::rang(const Command& command) {
  std::string_view rest = command.argument;
  const auto first = parse_count(take_word(rest));
  const auto last = parse_count(rest);
  if (!first || !last) return reply(Code::bad_argument, "Not two offsets.");
  if (*first == 1 && *last == 0) return reply(Code::restart_at, "No range.");
  if (*first > *last) return reply(Code::bad_argument, "The range ends before it begins.");
  if (type_ != Type::image) return reply(Code::type_not_possible, "Ranges are for TYPE I.");
  legacy().restart_at = *first;
  legacy().last_byte = last;
  reply(Code::restart_at,
        "Restarting at " + std::to_string(*first) + ". End octet range at " + std::to_string(*last) + ".");
}

// ---- transferring ----

void Session::retr(const Command& command) {
  start({.kind = TransferRequest::Kind::retrieve,
         .path = command.path,
         .offset = command.before.restart_at,
         .last_byte = command.before.last_byte},
        Code::file_unavailable);
}

void Session::stor(const Command& command) {
  const auto existing =
      rights_.allows(Permission::overwrite, command.path) ? Existing::replace : Existing::keep;
  start({.kind = TransferRequest::Kind::store,
         .path = command.path,
         .offset = command.before.restart_at,
         .last_byte = command.before.last_byte,
         .existing = existing},
        Code::name_not_allowed);
}

// A STOR to a name that the server makes of the one given, if there is one.
void Session::stou(const Command& command) {
  Command named = command;
  if (!resolve(*find_verb("STOR"), command.argument.empty() ? "file" : command.argument, named)) return;
  start({.kind = TransferRequest::Kind::store_unique, .path = named.path}, Code::name_not_allowed);
}

void Session::appe(const Command& command) {
  // RFC 3659, section 5.4: behind a REST it is a STOR; so it is behind a RANG.
  if (command.before.restart_at > 0 || command.before.last_byte) return run_verb(*find_verb("STOR"), command);
  const bool may_create = rights_.allows(Permission::upload, command.path);
  start({.kind = TransferRequest::Kind::append,
         .path = command.path,
         .missing = may_create ? Missing::create : Missing::refuse},
        Code::name_not_allowed);
}

void Session::list(const Command& command) {
  start({.kind = TransferRequest::Kind::list, .path = command.path}, Code::file_unavailable);
}

void Session::nlst(const Command& command) {
  start({.kind = TransferRequest::Kind::name_list,
         .path = command.path,
         .name_prefix = std::string(command.argument.view())},
        Code::file_unavailable);
}

void Session::mlsd(const Command& command) {
  start({.kind = TransferRequest::Kind::fact_list, .path = command.path, .query = {facts_, rights_}},
        Code::not_a_directory);
}

void Session::start(TransferRequest request, Code failure) {
  // Here and not at PASV or PORT (RFC 4217, section 10.2).
  if (data_ == Protection::clear && tls_policy(user_) == TlsPolicy::require_data)
    return refuse_by_tls_policy(to_string(request.kind), request.path,
                                {Code::data_in_the_clear, "Data must be protected: send PBSZ 0 and PROT P."});
  if (!has_data_address_) {
    // RFC 959, section 3.3: the client's end of the control connection is the default data port.
    if (settings_->active == SessionSettings::Mode::disabled || only_epsv_)
      return reply(Code::no_data_connection, "Send PASV or EPSV first.");
    actions_.emplace_back(ConnectForData{peer_});
  }
  activity_ = Activity::transferring;
  progress_ = 0;
  failure_code_ = failure;
  request.type = type_;
  request.protection = data_;
  actions_.emplace_back(StartTransfer{std::move(request)});
}

void Session::abor(const Command& command) {
  if (command.took_effect) return reply(Code::abort_done, "Abort done.");
  if (std::exchange(has_data_address_, false)) actions_.emplace_back(ForgetData{});
  reply(Code::nothing_to_abort, "No transfer to abort.");
}

}  // namespace uvftpd
