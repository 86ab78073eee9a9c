// What is wrong with [tls] as a whole: keys against each other, and the certificate and key as they are.
#include <gtest/gtest.h>

#include "tests/server/certificates.h"
#include "tests/server/config_files.h"

namespace uvftpd {
namespace {

class ConfigChecksTls : public ConfigFiles {
 protected:
  // Files of this pair, and the lines that name them; the mode is on line 4.
  std::string tls(const KeyPair& pair, const std::string& more = "") const {
    return "[tls]\ncertificate = \"" + file("server.crt", pair.certificate) + "\"\nkey = \"" +
           file("server.key", pair.key) + "\"\nmode = \"allow\"\n" + more;
  }
};

TEST_F(ConfigChecksTls, NothingIsLookedForWhereItIsOff) {
  EXPECT_EQ(mistakes("[tls]\ncertificate = \"/no/such\"\nkey = \"/no/such\"\nclient_ca = \"/no/such\"\n"),
            "");
}

TEST_F(ConfigChecksTls, WhatAsksForTlsNeedsAMode) {
  EXPECT_EQ(mistakes("[tls]\nimplicit_listen = [\"127.0.0.1:990\"]\n[anonymous]\ntls = \"allow\"\n"),
            "uvftpd.toml:2:1: tls.implicit_listen must be empty where tls.mode is \"off\"\n"
            "uvftpd.toml:4:1: anonymous.tls must be \"\" or \"off\" where tls.mode is \"off\"\n");
  EXPECT_EQ(mistakes("[anonymous]\ntls = \"off\"\n"), "");
}

TEST_F(ConfigChecksTls, AModeNeedsACertificateAndItsKey) {
  EXPECT_EQ(mistakes("tls.mode = \"allow\"\n"),
            "uvftpd.toml:1:5: tls.certificate is missing, and tls.mode is not \"off\"\n"
            "uvftpd.toml:1:5: tls.key is missing, and tls.mode is not \"off\"\n");
  EXPECT_EQ(mistakes("[tls]\nmode = \"allow\"\ncertificate = \"\"\nkey = \"server.key\"\n"),
            "uvftpd.toml:3:1: tls.certificate is missing, and tls.mode is not \"off\"\n"
            "uvftpd.toml:4:7: tls.key must be an absolute path, not \"server.key\"\n");
}

TEST_F(ConfigChecksTls, ACertificateWithItsKeyIsAllItTakes) {
  EXPECT_EQ(mistakes(tls(self_signed({"localhost"}))), "");
  EXPECT_EQ(mistakes(tls(self_signed({"localhost"}), "session_reuse = \"require\"\n")), "");
}

TEST_F(ConfigChecksTls, FilesMustBeThere) {
  EXPECT_EQ(
      mistakes("[tls]\nmode = \"allow\"\ncertificate = \"" + path("none") + "\"\nkey = \"" + directory("d") +
               "\"\nclient_ca = \"" + file("empty", "") + "\"\n"),
      "uvftpd.toml:3:1: tls.certificate must be a file that can be read, and \"none\" is not: No such file "
      "or directory\n"
      "uvftpd.toml:4:1: tls.key must be a file that can be read, and \"d\" is not: Is a directory\n"
      "uvftpd.toml:5:1: tls.client_ca must be a PEM file, and \"empty\" is empty\n");
}

TEST_F(ConfigChecksTls, FilesMustHoldWhatTheyAreNamedFor) {
  KeyPair pair = self_signed({"localhost"});
  std::swap(pair.certificate, pair.key);
  const std::string client_ca = "client_ca = \"" + file("client.crt", pair.certificate) + "\"\n";
  EXPECT_EQ(mistakes(tls(pair, client_ca)),
            "uvftpd.toml:2:1: tls.certificate: \"server.crt\" holds no certificate in PEM form\n"
            "uvftpd.toml:3:1: tls.key: \"server.key\" holds no private key in PEM form\n"
            "uvftpd.toml:5:1: tls.client_ca: \"client.crt\" holds no certificate in PEM form\n");
}

TEST_F(ConfigChecksTls, TheKeyMustBeThatOfTheCertificate) {
  EXPECT_EQ(mistakes(tls({self_signed({"localhost"}).certificate, self_signed({"localhost"}).key})),
            "uvftpd.toml:3:1: tls.key: \"server.key\" does not belong to the certificate\n");
}

TEST_F(ConfigChecksTls, TheCertificateMustBeValidNow) {
  const Validity expired = validity_from_to(-3, -1);
  EXPECT_EQ(
      mistakes(tls(self_signed({"localhost"}, expired))),
      "uvftpd.toml:2:1: tls.certificate: \"server.crt\" expired on " + to_string(expired.not_after) + '\n');
  const Validity future = validity_from_to(1, 3);
  EXPECT_EQ(mistakes(tls(self_signed({"localhost"}, future))),
            "uvftpd.toml:2:1: tls.certificate: \"server.crt\" is not valid before " +
                to_string(future.not_before) + '\n');
}

TEST_F(ConfigChecksTls, AnAddressIsExplicitOrImplicitAndNotBoth) {
  const std::string listen = "[\"127.0.0.1:990\", \"127.0.0.1:0\"]\n";
  EXPECT_EQ(
      mistakes(tls(self_signed({"localhost"}), "implicit_listen = " + listen) +
               "[server]\nlisten = " + listen),
      "uvftpd.toml:5:1: tls.implicit_listen must not have an address of server.listen: 127.0.0.1:990\n");
}

TEST(TlsMoment, IsWrittenInFull) {
  EXPECT_EQ(to_string(std::chrono::sys_seconds(std::chrono::seconds(1798056005))), "2026-12-23 20:00:05 UTC");
}

}  // namespace
}  // namespace uvftpd
