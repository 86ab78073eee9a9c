#include "tests/bench/tls_stream.h"

#include <openssl/err.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <csignal>

namespace bench {
namespace {

constexpr size_t kRecord = 16384;

[[noreturn]] void fail_with_tls(const std::string& what) {
  char text[256];
  ERR_error_string_n(ERR_peek_last_error(), text, sizeof text);
  fail(what + ": " + text);
}

// What OpenSSL and the machine have as their defaults, TLS 1.3 where the server has it too. The certificate
// is the runner's own and not looked at. Sessions are handed on by their owners only.
SSL_CTX* context() {
  static SSL_CTX* const made = [] {
    SSL_CTX* fresh = SSL_CTX_new(TLS_client_method());
    if (fresh == nullptr) fail_with_tls("no TLS");
    SSL_CTX_set_mode(fresh, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // Some servers end downloads without close_notify: what has come is counted elsewhere.
    SSL_CTX_set_options(fresh, SSL_OP_IGNORE_UNEXPECTED_EOF);
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    return fresh;
  }();
  return made;
}

}  // namespace

// A stream that ended out of order would take the session with it, which others still offer.
void TlsStream::Free::operator()(SSL* ssl) const {
  SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl);
}

TlsStream::TlsStream(const Descriptor& socket) : socket_(socket.number()), ssl_(SSL_new(context())) {
  if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), socket_) != 1) fail_with_tls("SSL_new");
  SSL_set_connect_state(ssl_.get());
}

TlsStream::TlsStream(const Descriptor& socket, const TlsStream& other) : TlsStream(socket) {
  if (SSL_set_session(ssl_.get(), SSL_get_session(other.ssl_.get())) != 1) fail_with_tls("SSL_set_session");
}

TlsStream::Progress TlsStream::shake_hands() {
  ERR_clear_error();
  int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return Progress::done;
  failed(result);
  return Progress::would_block;
}

ssize_t TlsStream::receive(char* buffer, size_t size) {
  awaited_ = EPOLLIN;
  if (has_ended_) return receive_behind_tls();
  ERR_clear_error();
  size_t count = 0;
  int result = SSL_read_ex(ssl_.get(), buffer, size, &count);
  return result == 1 ? static_cast<ssize_t>(count) : failed(result);
}

ssize_t TlsStream::discard(size_t size) {
  char record[kRecord];
  ssize_t total = 0;
  while (static_cast<size_t>(total) < size) {
    ssize_t count = receive(record, sizeof record);
    if (count <= 0) return total > 0 ? total : count;
    total += count;
  }
  return total;
}

ssize_t TlsStream::send(const char* bytes, size_t size) {
  awaited_ = EPOLLOUT;
  size_t total = 0;
  while (total < size) {
    ERR_clear_error();
    size_t count = 0;
    int result = SSL_write_ex(ssl_.get(), bytes + total, size - total, &count);
    if (result != 1) {
      if (failed(result) == 0) fail("the server closed a connection that was not at its end");
      return total > 0 ? static_cast<ssize_t>(total) : -1;
    }
    total += count;
  }
  return static_cast<ssize_t>(total);
}

TlsStream::Progress TlsStream::end_sending() {
  if (has_ended_sending_) return Progress::done;
  ERR_clear_error();
  int result = SSL_shutdown(ssl_.get());
  if (result < 0 && SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_WRITE) {
    awaited_ = EPOLLOUT;
    return Progress::would_block;
  }
  has_ended_sending_ = true;
  ::shutdown(socket_, SHUT_WR);
  return Progress::done;
}

// -1 where it would block, 0 at the end; all else ends the program.
ssize_t TlsStream::failed(int result) {
  int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    awaited_ = error == SSL_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT;
    errno = EAGAIN;
    return -1;
  }
  if (!is_established()) fail_with_tls("shaking hands");
  if (error == SSL_ERROR_SYSCALL) return 0;  // reset
  if (error != SSL_ERROR_ZERO_RETURN) fail_with_tls("TLS");
  has_ended_ = true;
  end_sending();
  return receive_behind_tls();
}

ssize_t TlsStream::receive_behind_tls() {
  char nothing[64];
  ssize_t count = 1;
  while (count > 0) count = ::recv(socket_, nothing, sizeof nothing, 0);
  return count == 0 || errno != EAGAIN ? 0 : -1;
}

}  // namespace bench
