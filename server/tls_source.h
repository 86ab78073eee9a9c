// Where a generation's TLS comes from: the files of [tls], or a certificate made for a trial. They are read
// once, before the fences are up: what was renewed is the next generation's.
#pragma once

#include <string>

#include "server/config.h"
#include "server/tls_context.h"
#include "server/uv.h"

namespace uvftpd {

class TlsSource {
 public:
  TlsSource(uv::Loop& loop, const Config& config)
      : config_(config), daily_timer_(loop, [this] { look_at_the_end(); }) {}

  // Once, before the fences. What is wrong, or nothing; without TLS nothing is done.
  std::string open();
  const TlsContext& current() const { return current_; }
  const std::string& fingerprint() const { return certificate_.fingerprint; }  // as tls_certificate.h

 private:
  struct Made {
    TlsContext context = {};
    CertificateFacts certificate = {};
    std::string trouble = {};
  };
  static std::string read(const char* key, const std::string& path, std::string& text);
  static Made make(const Config::Tls& tls, TlsContext::Demands demands);
  static Made make_of(KeyPair pair, const TlsContext::Demands& demands);
  void take(Made made);
  void look_at_the_end();

  const Config& config_;
  TlsContext current_;
  CertificateFacts certificate_;
  uv::Timer daily_timer_;
};

}  // namespace uvftpd
