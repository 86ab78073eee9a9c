// Blocking calls of OpenSSL: the socket's own time limits bound them.
#include "tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <csignal>

#include "options.h"
#include "socket.h"

namespace conformance {

namespace {

[[noreturn]] void fail(const std::string& what) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  throw Mishap(what + ": " + (reason != nullptr ? reason : "the connection ended, or nothing came in time"));
}

SSL_CTX* context() {
  static SSL_CTX* const the_context = [] {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    return SSL_CTX_new(TLS_client_method());
  }();
  return the_context;
}

void bound_waits(int socket) {
  const auto patience = options().patience.count();
  const timeval most{patience / 1000, patience % 1000 * 1000};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
}

}  // namespace

void Tls::Free::operator()(ssl_st* connection) const { SSL_free(connection); }

Tls::Tls(int socket, const Wishes& wishes) : connection_(SSL_new(context())) {
  bound_waits(socket);
  SSL* tls = connection_.get();
  SSL_set_fd(tls, socket);
  if (wishes.is_limited_to_tls_1_2) SSL_set_max_proto_version(tls, TLS1_2_VERSION);
  const std::string offered = static_cast<char>(wishes.protocol.size()) + wishes.protocol;
  if (offered.size() > 1) {
    SSL_set_alpn_protos(tls, reinterpret_cast<const unsigned char*>(offered.data()),
                        static_cast<unsigned>(offered.size()));
  }
  if (wishes.resumed != nullptr) {
    SSL_SESSION* session = SSL_get1_session(wishes.resumed->connection_.get());
    SSL_set_session(tls, session);
    SSL_SESSION_free(session);
  }
  ERR_clear_error();
  if (SSL_connect(tls) != 1) fail("no TLS handshake");
}

std::string Tls::read_some() {
  std::string buffer(64 * 1024, '\0');
  std::size_t count = 0;
  ERR_clear_error();
  if (SSL_read_ex(connection_.get(), buffer.data(), buffer.size(), &count) != 1 && !is_ended())
    fail("receive under TLS");
  buffer.resize(count);
  return buffer;
}

void Tls::write(std::string_view bytes) {
  std::size_t count = 0;
  ERR_clear_error();
  if (!bytes.empty() && SSL_write_ex(connection_.get(), bytes.data(), bytes.size(), &count) != 1)
    fail("send under TLS");
}

bool Tls::has_decrypted() const { return SSL_pending(connection_.get()) > 0; }

void Tls::close_notify() {
  ERR_clear_error();
  SSL_shutdown(connection_.get());
}

bool Tls::is_ended() const { return (SSL_get_shutdown(connection_.get()) & SSL_RECEIVED_SHUTDOWN) != 0; }
bool Tls::is_resumed() const { return SSL_session_reused(connection_.get()) == 1; }

}  // namespace conformance
