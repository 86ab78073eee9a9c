// The sentences of `uvftpd check` about TLS.
#include <gtest/gtest.h>

#include <filesystem>

#include "server/config_report.h"
#include "tests/server/certificates.h"
#include "tests/server/config_files.h"

namespace uvftpd {
namespace {

class ConfigReportTls : public ConfigFiles {
 protected:
  Config config(TlsPolicy mode, const KeyPair& pair) const {
    Config config = read_config({}).config;
    config.anonymous.enabled = true;
    config.users = {{"alice", "$6$", "/srv/a", Permissions::all()}};
    config.tls.mode = mode;
    config.tls.certificate = file("server.crt", pair.certificate);
    config.tls.key = file("server.key", pair.key);
    std::filesystem::permissions(config.tls.key, std::filesystem::perms::owner_all);
    return config;
  }
  Config config(TlsPolicy mode) const { return config(mode, self_signed({"ftp.example.org", "192.0.2.1"})); }

  static bool says(const Config& config, const std::string& sentence) {
    const std::string text = '\n' + describe(config);
    return text.find('\n' + sentence + '\n') != std::string::npos;
  }
  static std::string warnings(const Config& config) {
    const std::string text = describe(config);
    const std::size_t first = text.find("Warning: ");
    return first == std::string::npos ? "" : text.substr(first);
  }
};

TEST_F(ConfigReportTls, SaysWhereTlsIsOffered) {
  Config explicit_only = config(TlsPolicy::require_data);
  EXPECT_TRUE(
      says(explicit_only, "On 0.0.0.0:21 and [::]:21 a client may ask for TLS 1.2 or later (AUTH TLS)."));
  EXPECT_EQ(describe(explicit_only).find("implicit"), std::string::npos);
  explicit_only.tls.minimum_version = TlsVersion::tls_1_3;
  EXPECT_TRUE(says(explicit_only, "On 0.0.0.0:21 and [::]:21 a client may ask for TLS 1.3 (AUTH TLS)."));
  Config both = explicit_only;
  both.tls.implicit_listen = {{Address{}, 990}};
  EXPECT_TRUE(says(both, "On 0.0.0.0:990 TLS begins with the connection (implicit FTPS)."));
}

TEST_F(ConfigReportTls, SaysWhatIsDemandedOfWhom) {
  Config asked = config(TlsPolicy::require_login);
  EXPECT_TRUE(says(asked, "A user must use TLS to log in, and may transfer files without it."));
  EXPECT_TRUE(says(asked, "An anonymous client must use TLS to log in, and may transfer files without it."));
  asked.anonymous.tls = TlsPolicy::off;
  EXPECT_TRUE(says(asked, "An anonymous client must not use TLS."));
  asked.anonymous.tls = TlsPolicy::require_data;
  EXPECT_TRUE(says(asked, "An anonymous client must use TLS to log in and to transfer files."));
  asked.anonymous.tls = TlsPolicy::allow;
  EXPECT_TRUE(says(asked, "An anonymous client may use TLS or not."));
}

TEST_F(ConfigReportTls, SaysNothingOfWhoIsNotThere) {
  Config nobody = config(TlsPolicy::allow);
  nobody.users.clear();
  nobody.anonymous.enabled = false;
  EXPECT_EQ(describe(nobody).find("may use TLS or not"), std::string::npos);
}

TEST_F(ConfigReportTls, SaysWhatElseIsDemanded) {
  Config strict = config(TlsPolicy::require_data);
  EXPECT_EQ(describe(strict).find("resume"), std::string::npos);
  strict.tls.client_ca = "/etc/clients.crt";
  strict.tls.session_reuse = SessionReuse::require;
  strict.tls.unclean_end = UncleanEnd::refuse;
  EXPECT_TRUE(says(strict,
                   "With TLS a client must show a certificate that is signed by an authority in "
                   "\"/etc/clients.crt\"."));
  EXPECT_TRUE(says(strict, "A data connection must resume the TLS session of its control connection."));
  EXPECT_TRUE(says(strict, "An upload whose TLS ends without close_notify is refused."));
  strict.tls.session_reuse = SessionReuse::off;
  EXPECT_TRUE(says(strict, "No data connection resumes a TLS session."));
}

TEST_F(ConfigReportTls, SaysWhatTheCertificateIs) {
  // Half a day more, for the days to be the same when they are counted.
  Validity validity = validity_from_to(-1, 20);
  validity.not_after += std::chrono::hours(12);
  const KeyPair pair = self_signed({"ftp.example.org", "192.0.2.1"}, validity);
  const Config told = config(TlsPolicy::require_data, pair);
  EXPECT_TRUE(says(told,
                   "The certificate (CN=ftp.example.org) is for \"ftp.example.org\" and \"192.0.2.1\", "
                   "and valid until " +
                       to_string(validity.not_after) + ": 20 days left."));
  EXPECT_TRUE(says(told, "Its fingerprint (SHA-256) is " + fingerprint(pair.certificate) + "."));
  EXPECT_EQ(warnings(told), "");
}

TEST_F(ConfigReportTls, WarnsInTimeOfTheEndOfTheCertificate) {
  const auto warning = [&](int days, int hours) {
    Validity validity = validity_from_to(-1, days);
    validity.not_after += std::chrono::hours(hours);
    return warnings(config(TlsPolicy::require_data, self_signed({"localhost"}, validity)));
  };
  EXPECT_EQ(warning(14, 1), "");
  EXPECT_EQ(warning(13, 1), "Warning: the certificate expires in 13 days: it is time to renew it.\n");
  EXPECT_EQ(warning(1, 1), "Warning: the certificate expires in 1 day: it is time to renew it.\n");
  EXPECT_EQ(warning(0, 1), "Warning: the certificate expires in less than a day: it is time to renew it.\n");
}

TEST_F(ConfigReportTls, WarnsOfPasswordsInTheClear) {
  const std::string clear = "passwords may travel in the clear";
  Config allowed = config(TlsPolicy::allow);
  EXPECT_NE(warnings(allowed).find(clear), std::string::npos);
  EXPECT_EQ(warnings(config(TlsPolicy::require_login)), "");
  allowed.users.front().password_hash = "!";
  EXPECT_EQ(warnings(allowed), "") << "who is locked has no password";
  allowed.users.clear();
  EXPECT_EQ(warnings(allowed), "");
}

TEST_F(ConfigReportTls, WarnsOfAKeyThatEverybodyMayRead) {
  const Config shared = config(TlsPolicy::require_data);
  std::filesystem::permissions(shared.tls.key, std::filesystem::perms::others_read);
  EXPECT_EQ(warnings(shared), "Warning: every user of this machine may get at the private key: chmod o= " +
                                  shared.tls.key + ".\n");
}

TEST_F(ConfigReportTls, WarnsOfACertificateWithoutNames) {
  const Config nameless = config(TlsPolicy::require_data, self_signed({}));
  EXPECT_NE(describe(nameless).find("The certificate (CN=uvftpd) is for no name, and valid until"),
            std::string::npos);
  EXPECT_EQ(warnings(nameless),
            "Warning: most clients refuse the certificate: it has no name (subjectAltName).\n");
}

}  // namespace
}  // namespace uvftpd
