// The server's side of TLS for many connections: certificate, key and what is demanded of clients; OpenSSL's
// SSL_CTX, shared by all that were begun with it.
//
// Reads no file. A renewed certificate is another TlsContext; connections keep theirs.
#pragma once

#include <memory>
#include <string>

#include "server/config.h"
#include "server/socket.h"
#include "server/tls_certificate.h"

struct ssl_ctx_st;

namespace uvftpd {

class TlsContext {
 public:
  struct Demands {
    TlsVersion minimum_version = TlsVersion::tls_1_2;
    SessionReuse session_reuse = SessionReuse::prefer;
    std::string client_ca = {};  // PEM; not empty: clients show a certificate of one of these authorities
    KernelTls kernel_tls = KernelTls::unused;  // of data connections, if OpenSSL can
  };

  TlsContext() = default;
  // What is wrong is said in `trouble`, and nothing comes of it then.
  TlsContext(const KeyPair& pair, const Demands& demands, std::string& trouble);
  TlsContext(const TlsContext& other) { *this = other; }
  TlsContext& operator=(const TlsContext& other);
  TlsContext(TlsContext&&) noexcept = default;
  TlsContext& operator=(TlsContext&&) noexcept = default;
  ~TlsContext() = default;

  KernelTls kernel_tls() const;
  ssl_ctx_st* get() const { return context_.get(); }
  explicit operator bool() const { return context_ != nullptr; }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace uvftpd
