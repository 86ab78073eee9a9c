// TLS on one connection as bytes in, bytes out: what came is fed in, what is to leave is taken out.
//
// It owns no socket and knows no loop, so that it may be carried between threads; it is used by one at a
// time.
//
//   handshake -> established -> the client's end, or a failure
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/tls_context.h"

struct ssl_st;
struct bio_st;

namespace uvftpd {

// Which sessions a connection may resume: its own control connection's, and no other's.
using TlsSessionScope = std::uint64_t;

class TlsEngine {
 public:
  enum class Use : std::uint8_t { control_connection, data_connection };
  TlsEngine(const TlsContext& context, TlsSessionScope scope, Use use);
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;
  ~TlsEngine();

  // Before the handshake: what is to leave goes to `socket`, which must stay open longer than this, and
  // behind the handshake the kernel may take it over to encrypt. Where it does not, outgoing() is what it
  // always is.
  void send_by(int socket);
  bool is_sent_by_kernel() const;  // established: plain bytes are for the socket, write() is not needed
  bool wants_room() const;         // the socket's: what was asked for last is to be asked for again

  // ---- what came ----
  void feed(std::string_view bytes);
  std::span<char> room(std::size_t most);  // to receive into; then fed() says how much it was
  void fed(std::size_t count) { end_ += count; }
  bool has_input() const { return begin_ < end_ || has_decrypted(); }
  std::string take_unread();  // what is left behind the client's end

  // ---- what is to leave ----
  std::string_view outgoing() const { return std::string_view(out_).substr(left_); }
  void has_left(std::size_t count);  // of outgoing()
  std::string take_outgoing();

  // ---- what is done with it ----
  enum class Progress : std::uint8_t { done, wants_input, wants_room, failed };
  Progress handshake();
  // Bytes; 0: the client has said close_notify; -EAGAIN: more is to be fed in; -EPROTO: it is not TLS. What
  // is answered to the client's TLS, which may be an alert, is outgoing().
  std::ptrdiff_t read(std::span<char> out);
  Progress write(std::string_view bytes);  // into outgoing(), all of it or nothing
  Progress close_notify();                 // likewise
  void offer_session();                    // another one to resume, behind what is written next

  bool is_resumed() const;
  std::string version() const;  // "TLSv1.3"
  std::string cipher() const;   // OpenSSL's name
  std::string client() const;   // the client's certificate: its digest, binary; empty: none
  std::string trouble() const { return trouble_; }  // after a failure

 private:
  friend struct TlsWire;
  struct Free {
    void operator()(ssl_st* connection) const;
  };
  Progress judge(int returned);
  void take_back();
  bool has_decrypted() const;

  Use use_;
  std::vector<char> in_;
  std::size_t begin_ = 0, end_ = 0;  // of what is fed and not read yet
  std::string out_;
  std::size_t left_ = 0;     // of out_
  std::size_t unasked_ = 0;  // bytes that read() has answered
  std::string trouble_;
  std::unique_ptr<ssl_st, Free> connection_;
};

}  // namespace uvftpd
