// What is demanded is told as the client meets it: where TLS can be had, then who must have it.
#include "server/config_report_tls.h"

#include <chrono>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "server/config_value.h"
#include "server/tls_certificate.h"
#include "server/whole_file.h"

namespace uvftpd {
namespace {

std::string places(const std::vector<SocketAddress>& addresses) {
  std::vector<std::string> names;
  for (const SocketAddress& address : addresses) names.push_back(to_string(address));
  return joined(names, " and ");
}

std::string offer(const Config& config) {
  const std::string version =
      config.tls.minimum_version == TlsVersion::tls_1_3 ? "TLS 1.3" : "TLS 1.2 or later";
  std::string text =
      "On " + places(config.server.listen) + " a client may ask for " + version + " (AUTH TLS).\n";
  if (!config.tls.implicit_listen.empty())
    text += "On " + places(config.tls.implicit_listen) + " TLS begins with the connection (implicit FTPS).\n";
  return text;
}

std::string_view demand(TlsPolicy policy) {
  switch (policy) {
    case TlsPolicy::off:
      return " must not use TLS";
    case TlsPolicy::allow:
      return " may use TLS or not";
    case TlsPolicy::require_login:
      return " must use TLS to log in, and may transfer files without it";
    case TlsPolicy::require_data:
      return " must use TLS to log in and to transfer files";
  }
  return {};
}

std::string demands(const Config& config) {
  std::string text;
  if (!config.users.empty()) text += "A user" + std::string(demand(config.tls.mode)) + ".\n";
  if (config.anonymous.enabled)
    text +=
        "An anonymous client" + std::string(demand(config.anonymous.tls.value_or(config.tls.mode))) + ".\n";
  if (!config.tls.client_ca.empty())
    text += "With TLS a client must show a certificate that is signed by an authority in " +
            shown(config.tls.client_ca) + ".\n";
  if (config.tls.session_reuse == SessionReuse::require)
    text += "A data connection must resume the TLS session of its control connection.\n";
  if (config.tls.session_reuse == SessionReuse::off) text += "No data connection resumes a TLS session.\n";
  if (config.tls.unclean_end == UncleanEnd::refuse)
    text += "An upload whose TLS ends without close_notify is refused.\n";
  return text;
}

std::string in_days(std::chrono::seconds time) {
  const auto whole = std::chrono::floor<std::chrono::days>(time).count();
  if (whole < 1) return "less than a day";
  return std::to_string(whole) + (whole == 1 ? " day" : " days");
}

void certificate(const CertificateFacts& facts, TlsReport& report) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::chrono::seconds left = facts.validity.not_after - now;
  std::vector<std::string> names;
  for (const std::string& name : facts.names) names.push_back(shown(name));
  report.sentences += "The certificate (" + facts.subject + ") is for " +
                      (names.empty() ? "no name" : joined(names, " and ")) + ", and valid until " +
                      to_string(facts.validity.not_after) + ": " + in_days(left) + " left.\n";
  report.sentences += "Its fingerprint (SHA-256) is " + facts.fingerprint + ".\n";
  if (left < kTimeToRenew)
    report.warnings.push_back("the certificate expires in " + in_days(left) + ": it is time to renew it");
  if (names.empty())
    report.warnings.emplace_back("most clients refuse the certificate: it has no name (subjectAltName)");
}

void key(const std::string& path, TlsReport& report) {
  std::error_code fault;
  const auto permissions = std::filesystem::status(path, fault).permissions();
  if (fault || (permissions & std::filesystem::perms::others_all) == std::filesystem::perms::none) return;
  report.warnings.push_back("every user of this machine may get at the private key: chmod o= " + path);
}

}  // namespace

TlsReport report_tls(const Config& config) {
  TlsReport report;
  if (config.tls.mode == TlsPolicy::off) {
    report.sentences = "There is no TLS: passwords and files travel in the clear.\n";
    return report;
  }
  report.sentences = offer(config) + demands(config);
  if (config.tls.source == Config::Tls::Source::self_signed) return report;
  const std::string pem = whole_file(config.tls.certificate).value_or("");
  if (const auto facts = examine({pem, {}}, {}).facts) certificate(*facts, report);
  key(config.tls.key, report);
  return report;
}

}  // namespace uvftpd
