// The keys of [tls] and anonymous.tls: what they are read as, and what is refused.
#include <gtest/gtest.h>

#include "tests/server/config_files.h"

namespace uvftpd {
namespace {

using ConfigTls = ConfigFiles;

TEST_F(ConfigTls, IsOffWhereNothingIsSaid) {
  const Config::Tls tls = read("").config.tls;
  EXPECT_EQ(tls.source, Config::Tls::Source::files);
  EXPECT_EQ(tls.mode, TlsPolicy::off);
  EXPECT_TRUE(tls.implicit_listen.empty());
  EXPECT_EQ(tls.minimum_version, TlsVersion::tls_1_2);
  EXPECT_EQ(tls.session_reuse, SessionReuse::prefer);
  EXPECT_EQ(tls.unclean_end, UncleanEnd::accept);
}

TEST_F(ConfigTls, ReadsItsSection) {
  const Config::Tls tls =
      read(
          "[tls]\ncertificate = \"/c\"\nkey = \"/k\"\nimplicit_listen = [\"127.0.0.1:990\", \"[::1]:0\"]\n"
          "minimum_version = \"1.3\"\nclient_ca = \"/a\"\nsession_reuse = \"require\"\n"
          "unclean_end = \"refuse\"\nmode = \"require-data\"\n")
          .config.tls;
  EXPECT_EQ(tls.certificate, "/c");
  EXPECT_EQ(tls.key, "/k");
  EXPECT_EQ(tls.mode, TlsPolicy::require_data);
  ASSERT_EQ(tls.implicit_listen.size(), 2U);
  EXPECT_EQ(to_string(tls.implicit_listen[0]), "127.0.0.1:990");
  EXPECT_EQ(to_string(tls.implicit_listen[1]), "[::1]:0");
  EXPECT_EQ(tls.minimum_version, TlsVersion::tls_1_3);
  EXPECT_EQ(tls.client_ca, "/a");
  EXPECT_EQ(tls.session_reuse, SessionReuse::require);
  EXPECT_EQ(tls.unclean_end, UncleanEnd::refuse);
}

TEST_F(ConfigTls, ReadsEveryPolicy) {
  const std::vector<std::pair<std::string, TlsPolicy>> words = {{"off", TlsPolicy::off},
                                                                {"allow", TlsPolicy::allow},
                                                                {"require-login", TlsPolicy::require_login},
                                                                {"require-data", TlsPolicy::require_data}};
  for (const auto& [word, policy] : words) {
    EXPECT_EQ(read("tls.mode = \"" + word + "\"\n").config.tls.mode, policy) << word;
    EXPECT_EQ(read("anonymous.tls = \"" + word + "\"\n").config.anonymous.tls, policy) << word;
  }
  EXPECT_EQ(read("anonymous.tls = \"\"\n").config.anonymous.tls, std::nullopt);
}

TEST_F(ConfigTls, RefusesWhatIsNoneOfItsWords) {
  EXPECT_EQ(
      mistakes("tls.mode = \"required\"\n"),
      "uvftpd.toml:1:12: tls.mode must be \"off\", \"allow\", \"require-login\" or \"require-data\", not "
      "\"required\"\n");
  EXPECT_EQ(mistakes("anonymous.tls = true\n"),
            "uvftpd.toml:1:17: anonymous.tls must be \"\", \"off\", \"allow\", \"require-login\" or "
            "\"require-data\", not true or false\n");
  EXPECT_EQ(mistakes("tls.minimum_version = 1.2\n"),
            "uvftpd.toml:1:23: tls.minimum_version must be \"1.2\" or \"1.3\", not a number\n");
  EXPECT_EQ(mistakes("tls.session_reuse = \"on\"\n"),
            "uvftpd.toml:1:21: tls.session_reuse must be \"off\", \"prefer\" or \"require\", not \"on\"\n");
  EXPECT_EQ(mistakes("tls.unclean_end = \"\"\n"),
            "uvftpd.toml:1:19: tls.unclean_end must be \"accept\" or \"refuse\", not \"\"\n");
}

TEST_F(ConfigTls, RefusesAddressesAsServerListenDoes) {
  EXPECT_EQ(mistakes("tls.implicit_listen = \"0.0.0.0:990\"\n"),
            "uvftpd.toml:1:23: tls.implicit_listen must be a list: [ ... ], not \"0.0.0.0:990\"\n");
  EXPECT_EQ(mistakes("tls.implicit_listen = [\"990\"]\n"),
            "uvftpd.toml:1:24: tls.implicit_listen must be addresses with a port such as \"0.0.0.0:21\" or "
            "\"[::]:21\", not \"990\"\n");
}

TEST_F(ConfigTls, PathsAreAbsoluteOrEmpty) {
  EXPECT_EQ(mistakes("tls.certificate = \"\"\ntls.key = \"\"\ntls.client_ca = \"\"\n"), "");
  EXPECT_EQ(mistakes("tls.key = \"key.pem\"\n"),
            "uvftpd.toml:1:11: tls.key must be an absolute path, not \"key.pem\"\n");
}

TEST_F(ConfigTls, AMistypedKeyGetsTheNearestOne) {
  EXPECT_EQ(mistakes("[tls]\ncertficate = \"\"\n"),
            "uvftpd.toml:2:1: unknown key \"tls.certficate\"; did you mean tls.certificate?\n");
}

}  // namespace
}  // namespace uvftpd
