// Certificates that are made for a trial, and what is found in those that are given.
#include "server/tls_certificate.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/server/certificates.h"
#include "tests/server/config_files.h"

namespace uvftpd {
namespace {

class TlsCertificate : public ConfigFiles {
 protected:
  // The faults, a line each: "key is encrypted, …".
  static std::string faults(const KeyPair& pair, const std::string& client_ca = "") {
    static constexpr const char* kNames[] = {"certificate ", "key ", "client_ca "};
    std::string lines;
    for (const TlsFault& fault : examine(pair, client_ca).faults)
      lines += kNames[static_cast<std::size_t>(fault.where)] + fault.what + '\n';
    return lines;
  }

  const Certificates certificates_{directory("certificates")};
};

using Strings = std::vector<std::string>;

TEST_F(TlsCertificate, ForATrialIsGoodForThirtyDaysAndItsNames) {
  const KeyPair pair = self_signed({"localhost", "127.0.0.1", "::1", "not a host"});
  EXPECT_EQ(faults(pair), "");
  const auto facts = examine(pair, "").facts;
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->subject, "CN=localhost");
  EXPECT_EQ(facts->names, (Strings{"localhost", "127.0.0.1", "::1"}));
  EXPECT_EQ(facts->fingerprint, fingerprint(pair.certificate));
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  EXPECT_LT(facts->validity.not_before, now);
  EXPECT_GT(facts->validity.not_after, now + std::chrono::days(29));
  EXPECT_LE(facts->validity.not_after, now + std::chrono::days(30));
}

TEST_F(TlsCertificate, ForATrialNeedsNoNames) {
  const KeyPair pair = self_signed({std::string(65, 'x')});
  EXPECT_EQ(faults(pair), "");
  EXPECT_EQ(examine(pair, "").facts->subject, "CN=uvftpd");
  EXPECT_EQ(examine(self_signed({}), "").facts->names, Strings{});
}

TEST_F(TlsCertificate, ForATrialIsAnotherOneEachTime) {
  std::set<std::string> serials;
  for (int i = 0; i < 8; ++i) {
    const KeyPair pair = self_signed({"localhost"});
    file("certificates/one.crt", pair.certificate);
    certificates_.openssl("x509 -in one.crt -noout -serial -out serial");
    serials.insert(certificates_.text("serial"));
  }
  EXPECT_EQ(serials.size(), 8U);
}

TEST_F(TlsCertificate, ForATrialIsTrustedByWhoTrustsExactlyIt) {
  file("certificates/one.crt", self_signed({"localhost", "::1"}).certificate);
  certificates_.openssl("verify -CAfile one.crt -purpose sslserver -verify_hostname localhost one.crt");
  certificates_.openssl("verify -x509_strict -CAfile one.crt -purpose sslserver -verify_ip ::1 one.crt");
}

TEST_F(TlsCertificate, FingerprintIsWhatOpensslPrints) {
  const KeyPair pair = self_signed({"localhost"});
  file("certificates/one.crt", pair.certificate);
  certificates_.openssl("x509 -in one.crt -noout -fingerprint -sha256 -out print");
  EXPECT_EQ("sha256 Fingerprint=" + fingerprint(pair.certificate) + '\n', certificates_.text("print"));
  EXPECT_EQ(fingerprint("no certificate"), "");
}

TEST_F(TlsCertificate, WithoutPemHasNoFacts) {
  EXPECT_EQ(faults({"", ""}),
            "certificate holds no certificate in PEM form\nkey holds no private key in PEM form\n");
  EXPECT_FALSE(examine({"", ""}, "").facts);
}

TEST_F(TlsCertificate, ThatIsDamagedIsToldByItsNumber) {
  KeyPair pair = self_signed({"localhost"});
  pair.certificate += pair.certificate;
  pair.certificate[pair.certificate.size() - 100] = '!';
  EXPECT_EQ(faults(pair), "certificate is damaged: its certificate number 2 cannot be read\n");
}

TEST_F(TlsCertificate, OfAnotherKeyIsTold) {
  const KeyPair one = self_signed({"localhost"});
  EXPECT_EQ(faults({one.certificate, self_signed({"localhost"}).key}),
            "key does not belong to the certificate\n");
}

TEST_F(TlsCertificate, MayStandInOneFileWithItsKey) {
  const KeyPair pair = self_signed({"localhost"});
  const std::string both = pair.key + pair.certificate;
  EXPECT_EQ(faults({both, both}), "");
}

TEST_F(TlsCertificate, AnEncryptedKeyIsToldAndNobodyAsked) {
  const KeyPair pair = self_signed({"localhost"});
  file("certificates/one.key", pair.key);
  certificates_.openssl("pkey -in one.key -aes256 -passout pass:secret -out locked.key");
  certificates_.openssl("ec -in one.key -aes256 -passout pass:secret -out older.key");
  for (const char* const name : {"locked.key", "older.key"})
    EXPECT_EQ(faults({pair.certificate, certificates_.text(name)}),
              "key is encrypted, and the daemon has nobody to ask for the password\n")
        << name;
}

TEST_F(TlsCertificate, AChainStandsInItsOrder) {
  certificates_.authority("root");
  certificates_.signed_by("root", "middle", "basicConstraints=critical,CA:TRUE\n");
  certificates_.signed_by("middle", "server", "subjectAltName=DNS:ftp.example.org,IP:192.0.2.1,email:a@b\n");
  const std::string root = certificates_.text("root.crt");
  const std::string middle = certificates_.text("middle.crt");
  const std::string server = certificates_.text("server.crt");
  const std::string key = certificates_.text("server.key");
  for (const std::string& chain : {server, server + middle, server + middle + root, server + middle + middle})
    EXPECT_EQ(faults({chain, key}), "");
  EXPECT_EQ(faults({middle + server, key}),
            "certificate is in the wrong order: the server's own certificate must be the first\n");
  for (const std::string& chain : {server + root, server + root + middle})
    EXPECT_EQ(faults({chain, key}),
              "certificate is in the wrong order: behind each certificate must stand the one that it was "
              "signed with\n");
  EXPECT_EQ(examine({server, key}, "").facts->names, (Strings{"ftp.example.org", "192.0.2.1"}));
}

TEST_F(TlsCertificate, AWeakKeyIsRefusedByOpenssl) {
  certificates_.openssl("req -x509 -newkey rsa:1024 -nodes -keyout weak.key -out weak.crt -subj /CN=weak");
  EXPECT_EQ(faults({certificates_.text("weak.crt"), certificates_.text("weak.key")}),
            "certificate is not taken by OpenSSL: ee key too small\n");
}

TEST_F(TlsCertificate, AuthoritiesOfClientsAreCertificates) {
  const KeyPair pair = self_signed({"localhost"});
  certificates_.authority("root");
  EXPECT_EQ(faults(pair, certificates_.text("root.crt")), "");
  EXPECT_EQ(faults(pair, certificates_.text("root.key")), "client_ca holds no certificate in PEM form\n");
}

TEST_F(TlsCertificate, SubjectsAreShownInTheirOwnLetters) {
  certificates_.openssl(
      "req -x509 -utf8 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout one.key -out one.crt "
      "-subj '/O=Grüezi, AG/CN=ftp.example.org'");
  EXPECT_EQ(examine({certificates_.text("one.crt"), ""}, "").facts->subject,
            "CN=ftp.example.org,O=Grüezi\\, AG");
}

}  // namespace
}  // namespace uvftpd
