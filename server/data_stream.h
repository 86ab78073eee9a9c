// One data connection's bytes, in the clear or under TLS. A Transfer sends and receives by it and need not
// know which; what is done in the kernel (sendfile, splice) is done where plain bytes are for the socket.
//
//   [shaking ->] moving -> [ending: both have said close_notify]
//
// Knows no loop: what would block is -EAGAIN, and awaits() says for what.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "protocol/action.h"
#include "server/descriptor.h"
#include "server/tls_engine.h"

namespace uvftpd {

// What a data connection under TLS takes over from its control connection.
struct DataTls {
  TlsContext context;
  TlsSessionScope scope;
  SessionReuse session_reuse;
  UncleanEnd unclean_end;
  std::string client;  // its certificate, as TlsEngine::client(): no other may come (RFC 4217, section 15.1)
};

class DataStream {
 public:
  enum class Direction : std::uint8_t { sending, receiving };
  enum class State : std::uint8_t { ready, waits, not_secured, not_resumed };

  DataStream() = default;
  DataStream(Descriptor socket, std::optional<DataTls> tls);

  int fd() const { return socket_.get(); }
  bool is_open() const { return socket_.is_open(); }
  bool is_clear() const { return tls_ == nullptr; }
  bool takes_plain() const { return is_clear() || is_sent_by_kernel(); }  // the socket, when it is prepared
  bool is_sent_by_kernel() const { return tls_ && tls_->engine.is_sent_by_kernel(); }
  bool is_cut() const;  // and that is refused
  void close() { socket_.close(); }
  TlsSession session() const;
  TlsEnd end() const;

  // Before the first byte: the handshake.
  State prepare();
  // As those of socket.h.
  std::ptrdiff_t send(std::string_view bytes);
  std::ptrdiff_t flush();  // 0: what was encrypted has left; else -errno
  std::ptrdiff_t receive(std::span<char> out);
  // Behind the last: 0 once everything has left, and under TLS the word that it was everything; else -errno.
  std::ptrdiff_t finish();

  // What a call that would have blocked waits for; `usually` without TLS. What needs no waiting is said to
  // wait for sending, which is possible at once.
  Direction awaits(Direction usually) const;
  bool take_progress();  // bytes were moved since it was asked

 private:
  struct Tls {
    explicit Tls(DataTls taken_over)
        : wanted(std::move(taken_over)),
          engine(wanted.context, wanted.scope, TlsEngine::Use::data_connection) {}
    DataTls wanted;
    TlsEngine engine;
    TlsSession session = TlsSession::none;
    TlsEnd end = TlsEnd::none;
    bool has_progressed = false;
    std::ptrdiff_t fault = 0;  // of receiving
  };
  State judge();
  std::ptrdiff_t feed();

  Descriptor socket_;
  std::unique_ptr<Tls> tls_;
};

}  // namespace uvftpd
