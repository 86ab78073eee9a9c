// TLS on a connected socket, with calls that mean what recv and send mean: a count, 0 at the end, -1 and
// errno. It wraps one socket and does not own it. Which verb or command goes through it must not matter here.
#ifndef UVFTPD_TESTS_BENCH_TLS_STREAM_H_
#define UVFTPD_TESTS_BENCH_TLS_STREAM_H_

#include <openssl/ssl.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "tests/bench/descriptor.h"

namespace bench {

class TlsStream {
 public:
  enum class Progress { done, would_block };

  // With a full handshake.
  explicit TlsStream(const Descriptor& socket);
  // Offers the session of another, which is open.
  TlsStream(const Descriptor& socket, const TlsStream& other);

  // What follows shakes hands too, where nobody has; this is for who has nothing to say yet.
  Progress shake_hands();
  bool is_established() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  bool is_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  // 0 is the end of TCP, not of TLS, which is answered before: the server is given the time to end in order.
  ssize_t receive(char* buffer, size_t size);
  // Whether more has come than was asked for: the poller does not know of it.
  bool holds_more() const { return SSL_pending(ssl_.get()) > 0; }
  // As receive, many times: at most about `size`.
  ssize_t discard(size_t size);
  ssize_t send(const char* bytes, size_t size);
  // Nothing is sent after it. What comes must still be received, or the server may see a reset.
  Progress end_sending();

  // For the poller: what the last call waits for, or would go on with.
  uint32_t awaited_events() const { return awaited_; }

 private:
  struct Free {
    void operator()(SSL* ssl) const;
  };

  ssize_t failed(int result);
  ssize_t receive_behind_tls();

  int socket_;
  std::unique_ptr<SSL, Free> ssl_;
  uint32_t awaited_ = 0;
  bool has_ended_ = false;  // the server's close_notify has come
  bool has_ended_sending_ = false;
};

}  // namespace bench

#endif  // UVFTPD_TESTS_BENCH_TLS_STREAM_H_
