// From options to keys: each test has the few lines that matter and the lines of TOML that must come of them.
#include "server/import_vsftpd.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/server/config_files.h"

namespace uvftpd {
namespace {

std::string home_of(const std::string& name) { return name == "ftp" ? "/home of/ftp" : ""; }

ImportedVsftpd import_of(const std::string& text) { return import_vsftpd(text, "f", home_of); }

// The line of `key` in `section`, without the comment; empty where there is none.
std::string line_of(const std::string& toml, const std::string& section, const std::string& key) {
  const std::size_t begin = toml.find("\n[" + section + "]\n");
  if (begin == std::string::npos) return "";
  const std::string within = toml.substr(begin + 1, toml.find("\n\n", begin + 1) - begin);
  const std::size_t at = within.find('\n' + key + " = ");
  if (at == std::string::npos) return "";
  const std::string line = within.substr(at + 1, within.find('\n', at + 1) - at - 1);
  const std::string bare = line.substr(0, line.find("  #"));
  return bare.substr(0, bare.find_last_not_of(' ') + 1);
}

std::string value(const std::string& text, const std::string& section, const std::string& key) {
  const ImportedVsftpd imported = import_of(text);
  for (const Mistake& mistake : imported.mistakes) ADD_FAILURE() << to_string(mistake);
  const std::string line = line_of(imported.toml, section, key);
  return line.empty() ? "" : line.substr(key.size() + 3);
}

std::string mistakes_in(const std::string& text) {
  std::string lines;
  for (const Mistake& mistake : import_of(text).mistakes) lines += to_string(mistake) + '\n';
  return lines;
}

bool warns(const std::string& text, const std::string& beginning) {
  const auto warnings = import_of(text).warnings;
  return std::ranges::any_of(warnings, [&](const std::string& one) { return one.starts_with(beginning); });
}

TEST(ImportVsftpd, ListensWhereVsftpdDid) {
  EXPECT_EQ(value("", "server", "listen"), R"(["0.0.0.0:21"])");
  EXPECT_EQ(value("listen_ipv6=YES\n", "server", "listen"), R"(["0.0.0.0:21", "[::]:21"])");
  EXPECT_EQ(value("listen_port=2121\nlisten_address=192.0.2.1\n", "server", "listen"),
            R"(["192.0.2.1:2121"])");
  EXPECT_EQ(value("listen=NO\nlisten_ipv6=YES\nlisten_address6=2001:db8::1\n", "server", "listen"),
            R"(["[2001:db8::1]:21"])");
  EXPECT_EQ(value("listen=YES\nlisten_ipv6=YES\n", "server", "listen"), R"(["0.0.0.0:21", "[::]:21"])");
  EXPECT_TRUE(warns("listen=NO\n", "f:1: warning: listen: inetd"));
  EXPECT_EQ(mistakes_in("listen=YES\nlisten_address=here\n"),
            "f:2:1: listen_address must be an address of this machine, not \"here\"\n");
  EXPECT_EQ(mistakes_in("listen_port=99999\n"), "f:1:1: listen_port must be a port, at most 65535\n");
}

TEST(ImportVsftpd, DataConnectionsAreAsTheyWere) {
  EXPECT_EQ(value("", "active", "source_port"), "0");
  EXPECT_EQ(value("connect_from_port_20=YES\n", "active", "source_port"), "20");
  EXPECT_EQ(value("connect_from_port_20=YES\nftp_data_port=2020\n", "active", "source_port"), "2020");
  EXPECT_EQ(value("port_enable=NO\n", "active", "enabled"), "false");
  EXPECT_EQ(value("", "passive", "ports"), "\"5001-65535\"");
  EXPECT_EQ(value("pasv_min_port=40000\npasv_max_port=40100\n", "passive", "ports"), "\"40000-40100\"");
  EXPECT_EQ(value("pasv_min_port=0\npasv_max_port=100\n", "passive", "ports"), "\"1024-65535\"");
  EXPECT_EQ(mistakes_in("pasv_enable=NO\nport_enable=NO\n"),
            "f:1:1: pasv_enable and port_enable must not both be NO: no data connection could come about\n");
}

TEST(ImportVsftpd, ThePassiveAddressMayBeANameWhereThatWasSaid) {
  EXPECT_EQ(value("pasv_address=192.0.2.1\n", "passive", "address"), "\"192.0.2.1\"");
  EXPECT_EQ(value("pasv_address=ftp.example.org\npasv_addr_resolve=YES\n", "passive", "address"),
            "\"ftp.example.org\"");
  const std::string must = "pasv_address must be an IPv4 address, or with pasv_addr_resolve=YES a name\n";
  EXPECT_EQ(mistakes_in("pasv_address=ftp.example.org\n"), "f:1:1: " + must);
  EXPECT_EQ(mistakes_in("pasv_address=2001:db8::1\n"), "f:1:1: " + must);
}

TEST(ImportVsftpd, TimesAndLimitsAreAsTheyWere) {
  EXPECT_EQ(value("", "timeouts", "idle"), "300");
  EXPECT_EQ(value("idle_session_timeout=0\n", "timeouts", "idle"), "\"7d\"");
  EXPECT_EQ(value("accept_timeout=10\n", "timeouts", "data_open"), "60");
  EXPECT_EQ(value("data_connection_timeout=120\n", "timeouts", "stalled"), "120");
  EXPECT_EQ(value("max_clients=0\n", "limits", "sessions"), "1000000");
  EXPECT_EQ(value("max_per_ip=4\n", "limits", "per_address"), "4");
  EXPECT_EQ(value("max_login_fails=0\n", "limits", "login_failures"), "1");
  EXPECT_EQ(value("delay_failed_login=9999\n", "limits", "login_delay"), "60");
}

TEST(ImportVsftpd, ARateIsOfASessionWhereItCanBe) {
  EXPECT_EQ(value("anon_max_rate=5000\n", "limits", "rate"), "5000");
  const std::string both = "local_enable=YES\nanon_max_rate=5000\n";
  EXPECT_EQ(value(both, "limits", "rate"), "");
  EXPECT_EQ(value(both, "anonymous", "rate"), "5000");
  EXPECT_NE(import_of(both + "local_max_rate=9000\n").toml.find("\n#rate = 9000"), std::string::npos);
}

TEST(ImportVsftpd, AnonymousIsAtHomeWhereItWas) {
  EXPECT_EQ(value("", "anonymous", "root"), "\"/home of/ftp\"");
  EXPECT_EQ(value("anon_root=/srv/a\\\"b\n", "anonymous", "root"), R"("/srv/a\\\"b")");
  EXPECT_EQ(value("ftp_username=nobody-here\n", "anonymous", "root"), "\"/srv/ftp\"");
  EXPECT_TRUE(warns("ftp_username=nobody-here\n", "f:1: warning: ftp_username: there is no such user"));
  EXPECT_EQ(mistakes_in("anon_root=pub\n"), "f:1:1: anon_root must be an absolute path, not \"pub\"\n");
}

TEST(ImportVsftpd, AnonymousIsKeptOutRatherThanGivenMore) {
  EXPECT_EQ(value("anonymous_enable=NO\n", "anonymous", "enabled"), "false");
  for (const char* line : {"secure_email_list_enable=YES\n", "dirlist_enable=NO\n", "cmds_denied=RETR\n"}) {
    EXPECT_EQ(value(line, "anonymous", "enabled"), "false") << line;
    EXPECT_TRUE(warns(line, "f: warning: anonymous_enable: anonymous is kept out")) << line;
  }
}

TEST(ImportVsftpd, LostProtectionIsWarnedOf) {
  for (const char* line :
       {"tcp_wrappers=YES\n", "userlist_enable=YES\n", "deny_file={*.key}\n", "hide_file=x\n",
        "user_config_dir=/etc/v\n", "cmds_denied=PORT\n", "deny_email_enable=YES\n", "chown_uploads=YES\n",
        "hide_ids=YES\n", "ssl_sni_hostname=a\n", "local_enable=YES\n"}) {
    const std::string text(line);
    EXPECT_TRUE(warns(text, "f:1: warning: " + text.substr(0, text.find('=')))) << line;
  }
  EXPECT_TRUE(warns("", "f: warning: anon_world_readable_only"));
  EXPECT_FALSE(warns("anonymous_enable=NO\n", "f"));
  EXPECT_TRUE(
      warns("anonymous_enable=NO\nlocal_enable=YES\nwrite_enable=YES\nlocal_umask=022\n",
            "f:4: warning: local_umask: new files get 0666 less UMask= of the unit, which is 0027; here it "
            "was 022"));
}

TEST(ImportVsftpd, TlsIsDemandedAsItWas) {
  const std::string on = "ssl_enable=YES\n";
  EXPECT_EQ(value("", "tls", "mode"), "\"off\"");
  EXPECT_EQ(value(on, "tls", "mode"), "\"require-data\"");
  EXPECT_EQ(value(on + "force_local_data_ssl=NO\n", "tls", "mode"), "\"require-login\"");
  EXPECT_EQ(value(on + "force_local_data_ssl=NO\nforce_local_logins_ssl=NO\n", "tls", "mode"), "\"allow\"");
  EXPECT_EQ(value(on, "anonymous", "tls"), "\"off\"");
  EXPECT_EQ(value(on + "allow_anon_ssl=YES\n", "anonymous", "tls"), "\"allow\"");
  EXPECT_EQ(value(on + "force_anon_logins_ssl=YES\n", "anonymous", "tls"), "\"require-login\"");
  EXPECT_EQ(value(on + "force_anon_data_ssl=YES\n", "anonymous", "tls"), "\"require-data\"");
  EXPECT_EQ(value(on, "tls", "session_reuse"), "\"require\"");
  EXPECT_EQ(value(on + "require_ssl_reuse=NO\n", "tls", "session_reuse"), "\"prefer\"");
  EXPECT_EQ(value(on + "strict_ssl_read_eof=YES\n", "tls", "unclean_end"), "\"refuse\"");
  EXPECT_EQ(value(on, "tls", "minimum_version"), "\"1.2\"");
  EXPECT_EQ(value(on + "ssl_tlsv1_2=NO\n", "tls", "minimum_version"), "\"1.3\"");
}

TEST(ImportVsftpd, TheKeyIsInTheCertificateWhereNothingElseIsSaid) {
  const std::string on = "ssl_enable=YES\nrsa_cert_file=/c.pem\n";
  EXPECT_EQ(value(on, "tls", "key"), "\"/c.pem\"");
  EXPECT_EQ(value(on + "rsa_private_key_file=/k.pem\n", "tls", "key"), "\"/k.pem\"");
  EXPECT_EQ(value(on + "rsa_cert_file=\ndsa_cert_file=/d.pem\n", "tls", "certificate"), "\"/d.pem\"");
  EXPECT_EQ(mistakes_in("ssl_enable=YES\nrsa_cert_file=\n"),
            "f:1:1: ssl_enable=YES needs rsa_cert_file or dsa_cert_file\n");
}

TEST(ImportVsftpd, CertificatesOfClientsAreDemandedWhereTheyProveSomething) {
  const std::string on = "ssl_enable=YES\nvalidate_cert=YES\n";
  EXPECT_EQ(value(on + "ca_certs_file=/ca.pem\n", "tls", "client_ca"), "\"/ca.pem\"");
  EXPECT_EQ(mistakes_in(on), "f:2:1: validate_cert=YES needs ca_certs_file\n");
  EXPECT_TRUE(
      warns("ssl_enable=YES\nrequire_cert=YES\n", "f:2: warning: require_cert: no certificate is demanded"));
}

TEST(ImportVsftpd, ImplicitTlsTakesTheAddresses) {
  const std::string implicit = "ssl_enable=YES\nimplicit_ssl=YES\nlisten_port=990\n";
  EXPECT_EQ(value(implicit, "tls", "implicit_listen"), R"(["0.0.0.0:990"])");
  EXPECT_EQ(value(implicit, "server", "listen"), R"(["127.0.0.1:0"])");
}

TEST(ImportVsftpd, AnXferlogIsKeptWhereThereWasOne) {
  EXPECT_EQ(value("xferlog_enable=YES\n", "log", "xferlog"), "");
  EXPECT_EQ(value("xferlog_enable=YES\nxferlog_std_format=YES\n", "log", "xferlog"), "\"/var/log/xferlog\"");
  EXPECT_EQ(value("xferlog_enable=YES\ndual_log_enable=YES\nxferlog_file=/x\n", "log", "xferlog"), "\"/x\"");
}

TEST(ImportVsftpd, AUsersBlockIsProposedWithWhatUsersMay) {
  const std::string text =
      "local_enable=YES\nwrite_enable=YES\nlocal_root=/home/$USER/"
      "ftp\nuser_sub_token=$USER\nchmod_enable=NO\n";
  const std::string toml = import_of(text).toml;
  EXPECT_NE(toml.find("\n#root = \"/home/alice/ftp\""), std::string::npos) << toml;
  EXPECT_NE(
      toml.find(
          "\n#permissions = [\"list\", \"download\", \"upload\", \"append\", \"overwrite\", \"rename\", "
          "\"delete\", \"mkdir\", \"rmdir\", \"mtime\"]"),
      std::string::npos)
      << toml;
}

TEST(ImportVsftpd, EveryLineIsAccountedFor) {
  std::string toml = import_of(
                         "max_clients=1\nmax_clients=2\nhide_file=x\nasync_abor_enable=YES\n"
                         "use_localtime=YES\nanon_root=/a\nguest_username=x\nssl_ciphers=HIGH\n"
                         "anonymous_enable=NO\n")
                         .toml;
  const auto is_second_blank = [](char a, char b) { return a == ' ' && b == ' '; };
  toml.erase(std::unique(toml.begin(), toml.end(), is_second_blank), toml.end());
  for (const char* line :
       {"1: max_clients=1 line 2 has the last word", "2: max_clients=2 limits.sessions",
        "3: hide_file=x LOST: listings show every file",
        "4: async_abor_enable=YES always so: ABOR takes effect at once",
        "5: use_localtime=YES no counterpart: listings show UTC",
        "6: anon_root=/a of no effect here: anonymous.root",
        "7: guest_username=x not needed: every file belongs to the user that the service runs as",
        "9: anonymous_enable=NO anonymous.enabled"})
    EXPECT_NE(toml.find("\n# " + std::string(line) + '\n'), std::string::npos) << line << "\nin\n" << toml;
}

TEST(ImportVsftpd, MistakesOfTheFileComeInTheOrderOfItsLines) {
  EXPECT_EQ(mistakes_in("listen_port=99999\nnosuch=1\n"),
            "f:1:1: listen_port must be a port, at most 65535\nf:2:1: unknown option \"nosuch\"\n");
}

class ImportedFiles : public ConfigFiles {};

TEST_F(ImportedFiles, AreReadAsWhatTheySay) {
  const std::string root = directory("pub");
  const ReadConfig read_back =
      read(import_of("anon_root=" + root +
                     "\nftpd_banner=\"Hi\" \\ \xe2\x82\xac\nmax_clients=7\nanon_max_rate=100\n")
               .toml);
  EXPECT_EQ(mistakes_of(read_back), "");
  EXPECT_EQ(read_back.config.server.banner, "\"Hi\" \\ \xe2\x82\xac");
  EXPECT_EQ(read_back.config.anonymous.root, root);
  EXPECT_EQ(read_back.config.limits.sessions, 7U);
  EXPECT_EQ(read_back.config.limits.rate, 100U);
  EXPECT_EQ(read_back.config.timeouts.idle, std::chrono::seconds(300));
}

TEST(ImportVsftpd, AFileThatIsNotThereIsAMistake) {
  const ImportedVsftpd imported = import_vsftpd_file("/no/such/file");
  ASSERT_EQ(imported.mistakes.size(), 1U);
  EXPECT_EQ(to_string(imported.mistakes[0]), "/no/such/file:1:1: cannot be read: No such file or directory");
}

}  // namespace
}  // namespace uvftpd
