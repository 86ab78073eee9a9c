// The part of a Session that is about TLS (RFC 4217, with RFC 2228): its verbs, and what the policy demands.
// The handshakes and the bytes are the server's.
#include "protocol/session.h"

namespace uvftpd {
namespace {

// RFC 2228, section 3: a decimal 32-bit integer.
bool is_buffer_size(std::string_view text) {
  constexpr std::uint64_t kMost = 0xffffffff;
  return parse_count(text).value_or(kMost + 1) <= kMost;
}

}  // namespace

// ---- the control connection ----

// TLS-C is RFC 4217's other name for it, SSL what clients say that are older than the RFC.
void Session::auth(const Command& command) {
  const std::string mechanism = upper_case(command.argument);
  if (mechanism != "TLS" && mechanism != "TLS-C" && mechanism != "SSL")
    return reply(Code::bad_parameter, "Only TLS.");
  if (control_ == Protection::tls) return reply(Code::bad_sequence, "There is TLS already.");
  forget_login();
  reply(Code::secure_now, "Begin the handshake.");
  activity_ = Activity::waiting;
  actions_.emplace_back(SecureControl{});
}

Actions Session::control_secured(Handshake handshake) {
  if (activity_ == Activity::closed) return {};
  activity_ = Activity::idle;
  switch (handshake) {
    case Handshake::done:
      control_ = Protection::tls;
      if (tls_start_ == TlsStart::implicitly) reply(Code::service_ready, settings_->banner);
      break;
    case Handshake::not_begun:  // RFC 4217, section 10.1
      if (tls_start_ == TlsStart::implicitly)
        close();
      else
        hang_up("This is not a TLS handshake.");
      break;
    case Handshake::failed:
      close();
  }
  activity_over();
  return take();
}

// RFC 4217, section 13: REIN takes TLS with it, unless the port is one where there is nothing else.
void Session::end_protection() {
  data_ = Protection::clear;
  has_buffer_size_ = false;
  if (control_ == Protection::clear || tls_start_ == TlsStart::implicitly) return;
  control_ = Protection::clear;
  actions_.emplace_back(ExposeControl{});
}

void Session::ccc(const Command&) {
  if (control_ == Protection::clear) return reply(Code::not_protected, "There is no TLS.");
  reply(Code::refused_by_policy, "The control connection stays protected.");
}

// ---- data connections ----

// TLS needs no buffer of an agreed size (RFC 4217, section 8).
void Session::pbsz(const Command& command) {
  if (control_ == Protection::clear) return reply(Code::bad_sequence, "Send AUTH TLS first.");
  if (!is_buffer_size(command.argument)) return reply(Code::bad_argument, "Not a size.");
  has_buffer_size_ = true;
  reply(Code::ok, "PBSZ=0");
}

void Session::prot(const Command& command) {
  if (!has_buffer_size_) return reply(Code::bad_sequence, "Send PBSZ 0 first.");
  const std::string level = upper_case(command.argument);
  if (level == "S" || level == "E")
    return reply(Code::protection_not_offered, "Only C, clear, and P, private.");
  if (level != "C" && level != "P") return reply(Code::bad_parameter, "Not a level of protection.");
  if (level == "C" && is_logged_in() && tls_policy(user_) == TlsPolicy::require_data)
    return refuse_by_tls_policy("PROT", {}, {Code::refused_by_policy, "Data must be protected."});
  data_ = level == "P" ? Protection::tls : Protection::clear;
  reply(Code::ok, data_ == Protection::tls ? "Data is protected." : "Data is in the clear.");
}

// ---- policy ----

TlsPolicy Session::tls_policy(std::string_view user) const {
  return is_anonymous_name(user) ? settings_->anonymous_tls : settings_->tls;
}

bool Session::is_offered(const Verb& verb) const {
  return verb.offered == Verb::Offered::always || settings_->tls != TlsPolicy::off;
}

// Before the client can send its password in the clear.
bool Session::may_log_in() {
  const TlsPolicy policy = tls_policy(user_);
  const bool is_bare = control_ == Protection::clear && policy >= TlsPolicy::require_login;
  const bool is_unwanted = control_ == Protection::tls && policy == TlsPolicy::off;
  if (is_bare)
    refuse_by_tls_policy("USER", {}, {Code::not_logged_in, "Not without TLS: send AUTH TLS first."});
  if (is_unwanted) refuse_by_tls_policy("USER", {}, {Code::not_logged_in, "Not under TLS."});
  return !is_bare && !is_unwanted;
}

void Session::refuse_by_tls_policy(std::string_view verb, const std::string& path, Reply refusal) {
  reply(refusal.code, std::move(refusal.text));
  const char* key = is_anonymous_name(user_) ? "anonymous.tls" : "tls.mode";
  actions_.emplace_back(ReportRefusal{std::string(verb), path, key});
}

}  // namespace uvftpd
