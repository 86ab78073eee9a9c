// TLS on a connection that is there already, with OpenSSL: the client's side, whoever connected.
// It trusts any certificate, and knows nothing of FTP.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct ssl_st;
struct ssl_session_st;

namespace conformance {

class Tls {
 public:
  struct Wishes {
    std::string protocol = {};     // ALPN; empty: none
    const Tls* resumed = nullptr;  // whose session is to be taken up
    bool is_limited_to_tls_1_2 = false;
  };
  // Shakes hands on a connected socket. Throws Mishap where that fails.
  Tls(int socket, const Wishes& wishes);

  std::string read_some();  // empty at the end; throws Mishap when it is not TLS, or a reset
  void write(std::string_view bytes);
  bool has_decrypted() const;
  void close_notify();
  bool is_ended() const;  // by the server's close_notify
  bool is_resumed() const;

 private:
  struct Free {
    void operator()(ssl_st* connection) const;
  };
  std::unique_ptr<ssl_st, Free> connection_;
};

}  // namespace conformance
