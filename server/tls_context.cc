#include "server/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "server/tls_pointers.h"

namespace uvftpd {
namespace {

constexpr long kRememberedSessions = 4096;  // of clients that take no tickets: some 2 KiB each
// The first is the cheapest and strong enough; a client without AES of its own gets ChaCha20.
constexpr const char* kSuites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
// Of TLS 1.2 what keeps its secrets when the key is lost; CBC, the last, is for devices that know nothing
// newer.
constexpr const char* kOldSuites = "ECDHE+AES128+AESGCM:ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!aNULL:!PSK";
constexpr long kLongestSession = 7L * 24 * 3600;  // as long as TLS 1.3 permits: a control connection may last

// A key that wants a passphrase is refused: nobody is there to be asked.
int no_passphrase(char*, int, int, void*) { return -1; }

std::string last_error() {
  const char* reason = ::ERR_reason_error_string(::ERR_peek_last_error());
  ::ERR_clear_error();
  return reason ? reason : "OpenSSL does not say why";
}

// The certificate itself, then what leads to its authority.
bool use_certificates(SSL_CTX* context, const std::string& text) {
  const BioPointer bio = bio_of(text);
  const CertificatePointer own(::PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr));
  if (!own || ::SSL_CTX_use_certificate(context, own.get()) != 1) return false;
  while (CertificatePointer next{::PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)})
    if (::SSL_CTX_add0_chain_cert(context, next.release()) != 1) return false;
  ::ERR_clear_error();  // the end of the text is no error
  return true;
}

bool use_key(SSL_CTX* context, const std::string& text) {
  const BioPointer bio = bio_of(text);
  const KeyPointer key(::PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  return key && ::SSL_CTX_use_PrivateKey(context, key.get()) == 1 &&
         ::SSL_CTX_check_private_key(context) == 1;
}

bool demand_client_certificates(SSL_CTX* context, const std::string& authorities) {
  const BioPointer bio = bio_of(authorities);
  unsigned count = 0;
  while (const CertificatePointer one{::PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr)}) {
    if (::X509_STORE_add_cert(::SSL_CTX_get_cert_store(context), one.get()) != 1 ||
        ::SSL_CTX_add_client_CA(context, one.get()) != 1)
      return false;
    ++count;
  }
  ::ERR_clear_error();
  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return count > 0;
}

// A client that thinks it talks to a web server is made to notice (CVE-2021-3618).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned size, void*) {
  static constexpr unsigned char kFtp[] = {3, 'f', 't', 'p'};
  unsigned char* found = nullptr;
  const int selected = ::SSL_select_next_proto(&found, length, kFtp, sizeof kFtp, offered, size);
  *chosen = found;
  return selected == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_up(SSL_CTX* context, const TlsContext::Demands& demands) {
  ::SSL_CTX_set_min_proto_version(
      context, demands.minimum_version == TlsVersion::tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
  ::SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  ::SSL_CTX_set_ciphersuites(context, kSuites);
  ::SSL_CTX_set_cipher_list(context, kOldSuites);
  ::SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // an idle session keeps none
  ::SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
#ifndef OPENSSL_NO_KTLS
  if (demands.kernel_tls == KernelTls::used) ::SSL_CTX_set_options(context, SSL_OP_ENABLE_KTLS);
#endif
  if (demands.session_reuse == SessionReuse::off) {
    ::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    ::SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    ::SSL_CTX_set_num_tickets(context, 0);
  } else {
    ::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
    ::SSL_CTX_sess_set_cache_size(context, kRememberedSessions);
    ::SSL_CTX_set_timeout(context, kLongestSession);
  }
}

}  // namespace

void TlsContext::Free::operator()(ssl_ctx_st* context) const { ::SSL_CTX_free(context); }

TlsContext::TlsContext(const KeyPair& pair, const Demands& demands, std::string& trouble) {
  ::ERR_clear_error();
  context_.reset(::SSL_CTX_new(::TLS_server_method()));
  if (!context_) {
    trouble = last_error();
    return;
  }
  set_up(context_.get(), demands);
  if (!use_certificates(context_.get(), pair.certificate))
    trouble = "the certificate: " + last_error();
  else if (!use_key(context_.get(), pair.key))
    trouble = "the key: " + last_error();
  else if (!demands.client_ca.empty() && !demand_client_certificates(context_.get(), demands.client_ca))
    trouble = "the authorities of clients: " + last_error();
  if (!trouble.empty()) context_.reset();
}

KernelTls TlsContext::kernel_tls() const {
  const bool is_used = context_ && (::SSL_CTX_get_options(context_.get()) & SSL_OP_ENABLE_KTLS) != 0;
  return is_used ? KernelTls::used : KernelTls::unused;
}

TlsContext& TlsContext::operator=(const TlsContext& other) {
  if (this == &other) return *this;
  if (other.context_) ::SSL_CTX_up_ref(other.get());
  context_.reset(other.get());
  return *this;
}

}  // namespace uvftpd
