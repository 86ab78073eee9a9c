// TCP over POSIX sockets: addresses and connections, every wait bounded by the patience of the options.
// It knows nothing of FTP.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tls.h"

namespace conformance {

// What goes wrong on the way: no answer in time, a connection lost, an answer that is none.
struct Mishap : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Address {
 public:
  Address() = default;
  // `host` is a literal. Throws Mishap.
  Address(const std::string& host, std::uint16_t port);
  static Address local_of(int socket);
  static Address peer_of(int socket);

  int family() const { return storage_.ss_family; }
  bool is_ipv6() const { return family() == AF_INET6; }
  std::uint16_t port() const;
  std::string host() const;
  Address with_port(std::uint16_t port) const { return Address(host(), port); }

  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return is_ipv6() ? 28 : 16; }

 private:
  sockaddr_storage storage_{};
};

class Socket {
 public:
  Socket() = default;
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;
  ~Socket() { close(); }

  // Throws Mishap when it is refused. A small buffer holds back a sender while nothing is read.
  static Socket connect(const Address& to, const std::optional<Address>& from = {}, int receive_buffer = 0);
  static Socket listen(const Address& at);
  Socket accept() const;
  bool has_caller(std::chrono::milliseconds wait) const { return is_readable(wait); }

  bool is_open() const { return descriptor_ >= 0; }
  bool is_readable(std::chrono::milliseconds wait) const;
  std::string read_some();  // empty at the end; throws Mishap when nothing comes, or a reset
  // Both close at the end, as a client does: a server may wait for that before it says that all is well.
  std::string read_to_end();
  bool ends();  // whether the other side closes or resets it, whatever comes before that
  void write(std::string_view bytes);
  void write_urgent(std::string_view bytes);  // the last byte is the urgent one
  void close();

  // From now on all of the above is under TLS; throws Mishap where the handshake fails.
  void secure(const Tls::Wishes& wishes = {});
  void expose() { tls_.reset(); }  // once both have said close_notify
  const Tls* tls() const { return tls_.get(); }
  void close_notify() { tls_->close_notify(); }

  Address local() const { return Address::local_of(descriptor_); }
  Address peer() const { return Address::peer_of(descriptor_); }

 private:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  static Socket make(const Address& like);
  void bind(const Address& at) const;
  void wait_for(short events, const char* what) const;

  int descriptor_ = -1;
  std::unique_ptr<Tls> tls_;
};

}  // namespace conformance
