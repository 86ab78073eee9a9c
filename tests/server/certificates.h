// Certificates for tests that make_self_signed() does not make: signed by others, weak, in want of a
// password.
//
// Made with the openssl command, below the test's directory; a test that cannot have one fails.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "server/tls_certificate.h"

namespace uvftpd {

class Certificates {
 public:
  // In an existing directory, whose name needs no quotes in a shell.
  explicit Certificates(std::string directory) : directory_(std::move(directory)) {}

  // `openssl` with `arguments`, which name files relative to the directory.
  void openssl(const std::string& arguments) const {
    const std::string command =
        "cd " + directory_ + " && openssl " + arguments + " >openssl.log 2>&1 </dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0) << command << '\n' << text("openssl.log");
  }

  std::string text(const std::string& file) const {
    std::ifstream stream(directory_ + '/' + file);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  // An authority, NAME.crt and NAME.key, signed by itself.
  void authority(const std::string& name) const {
    openssl("req -x509 " + new_key(name) + " -out " + name + ".crt -subj /CN=" + name);
  }

  // NAME.crt and NAME.key, signed by an authority; itself one where `extensions` say so.
  void signed_by(const std::string& authority, const std::string& name, const std::string& extensions) const {
    std::ofstream(directory_ + '/' + name + ".ext") << extensions;
    openssl("req -new " + new_key(name) + " -out " + name + ".csr -subj /CN=" + name);
    openssl("x509 -req -in " + name + ".csr -CA " + authority + ".crt -CAkey " + authority +
            ".key -CAcreateserial -days 30 -extfile " + name + ".ext -out " + name + ".crt");
  }

 private:
  static std::string new_key(const std::string& name) {
    return "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + name + ".key";
  }

  std::string directory_;
};

// From `begin` to `end`, in days from now.
inline Validity validity_from_to(int begin, int end) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return {now + std::chrono::days(begin), now + std::chrono::days(end)};
}

inline KeyPair self_signed(const std::vector<std::string>& names,
                           const Validity& validity = validity_of_a_trial()) {
  const auto pair = make_self_signed(names, validity);
  EXPECT_TRUE(pair.has_value());
  return pair.value_or(KeyPair{});
}

}  // namespace uvftpd
