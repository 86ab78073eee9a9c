// A TLS client as bytes in, bytes out: OpenSSL's, so that what a TlsEngine does is judged by somebody else.
//
// Trusts any server: who a server is is for others to test. It is told what to do and repairs nothing.
#pragma once

#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "server/tls_certificate.h"
#include "server/tls_pointers.h"

namespace uvftpd {

using TlsSessionPointer = std::unique_ptr<SSL_SESSION, FreeBy<&::SSL_SESSION_free>>;
using TlsConnectionPointer = std::unique_ptr<SSL, FreeBy<&::SSL_free>>;

class TlsClient {
 public:
  struct Wishes {
    int version = TLS1_3_VERSION;
    std::string protocol = {};       // ALPN; empty: none
    SSL_SESSION* session = nullptr;  // to be resumed
    KeyPair certificate = {};        // shown when it is asked for one
  };
  enum class State : std::uint8_t { shaking, established, ended, failed };

  TlsClient() : TlsClient(Wishes()) {}
  explicit TlsClient(const Wishes& wishes) : context_(::SSL_CTX_new(::TLS_client_method())) {
    ::SSL_CTX_set_min_proto_version(context_.get(), wishes.version);
    ::SSL_CTX_set_max_proto_version(context_.get(), wishes.version);
    if (!wishes.certificate.key.empty()) show(wishes.certificate);
    connection_.reset(::SSL_new(context_.get()));
    in_ = ::BIO_new(::BIO_s_mem());
    out_ = ::BIO_new(::BIO_s_mem());
    ::BIO_set_mem_eof_return(in_, -1);
    ::SSL_set_bio(connection_.get(), in_, out_);
    if (wishes.session) ::SSL_set_session(connection_.get(), wishes.session);
    const std::string offered = static_cast<char>(wishes.protocol.size()) + wishes.protocol;
    if (offered.size() > 1)
      ::SSL_set_alpn_protos(connection_.get(), reinterpret_cast<const unsigned char*>(offered.data()),
                            static_cast<unsigned>(offered.size()));
    ::SSL_set_connect_state(connection_.get());
  }

  State state() const { return state_; }
  const std::string& heard() const { return heard_; }  // all that came, decrypted
  bool is_resumed() const { return ::SSL_session_reused(connection_.get()) == 1; }
  TlsSessionPointer session() const { return TlsSessionPointer(::SSL_get1_session(connection_.get())); }

  void feed(std::string_view bytes) { ::BIO_write(in_, bytes.data(), static_cast<int>(bytes.size())); }
  std::string take_outgoing() {
    std::string bytes = text_of(*out_);
    BIO_reset(out_);
    return bytes;
  }

  // With what was fed in: the handshake, then what the server says.
  void go_on() {
    ::ERR_clear_error();
    if (state_ == State::shaking) judge(::SSL_do_handshake(connection_.get()), State::established);
    std::array<char, 4096> plain;
    for (std::size_t count = 1; state_ == State::established && count > 0;) {
      count = 0;
      judge(::SSL_read_ex(connection_.get(), plain.data(), plain.size(), &count), State::established);
      heard_.append(plain.data(), count);
    }
  }

  // False where that is not possible any more.
  bool say(std::string_view bytes) {
    std::size_t count = 0;
    ::ERR_clear_error();
    return bytes.empty() || ::SSL_write_ex(connection_.get(), bytes.data(), bytes.size(), &count) == 1;
  }
  bool close_notify() {
    ::ERR_clear_error();
    return ::SSL_shutdown(connection_.get()) >= 0;
  }
  // New keys, or in TLS 1.2 another handshake: what a server must live with, or refuse.
  void disturb() {
    ::ERR_clear_error();
    if (::SSL_version(connection_.get()) == TLS1_3_VERSION)
      ::SSL_key_update(connection_.get(), SSL_KEY_UPDATE_REQUESTED);
    else
      ::SSL_renegotiate(connection_.get());
    ::SSL_do_handshake(connection_.get());
  }

 private:
  void show(const KeyPair& pair) {
    const BioPointer certificate = bio_of(pair.certificate), key = bio_of(pair.key);
    const CertificatePointer own(::PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr));
    const KeyPointer own_key(::PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr));
    ::SSL_CTX_use_certificate(context_.get(), own.get());
    ::SSL_CTX_use_PrivateKey(context_.get(), own_key.get());
  }
  void judge(int returned, State on_success) {
    const int error = ::SSL_get_error(connection_.get(), returned);
    if (returned > 0)
      state_ = on_success;
    else if (error == SSL_ERROR_ZERO_RETURN)
      state_ = State::ended;
    else if (error != SSL_ERROR_WANT_READ)
      state_ = State::failed;
  }

  ContextPointer context_;
  TlsConnectionPointer connection_;
  BIO* in_ = nullptr;  // the connection's
  BIO* out_ = nullptr;
  std::string heard_;
  State state_ = State::shaking;
};

}  // namespace uvftpd
