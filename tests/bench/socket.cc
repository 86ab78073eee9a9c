#include "tests/bench/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace bench {
namespace {

sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* general(const sockaddr_in& address) { return reinterpret_cast<const sockaddr*>(&address); }

Descriptor open_socket(int more = SOCK_NONBLOCK) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | more, 0));
  if (!socket.is_open()) fail_with_errno("socket");
  return socket;
}

}  // namespace

Descriptor connect_to(uint16_t port) {
  Descriptor socket = open_socket();
  int on = 1;
  ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address = loopback(port);
  if (::connect(socket.number(), general(address), sizeof address) != 0 && errno != EINPROGRESS) {
    fail_with_errno("connect");
  }
  return socket;
}

Descriptor connect_blocking(uint16_t port) {
  Descriptor socket = open_socket(0);
  sockaddr_in address = loopback(port);
  if (::connect(socket.number(), general(address), sizeof address) != 0) socket.close();
  return socket;
}

std::pair<Descriptor, uint16_t> listen_anywhere() {
  Descriptor socket = open_socket();
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  if (::bind(socket.number(), general(address), length) != 0 || ::listen(socket.number(), 16) != 0 ||
      ::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    fail_with_errno("listen");
  }
  return {std::move(socket), ntohs(address.sin_port)};
}

Descriptor accept_from(const Descriptor& listener) {
  return Descriptor(::accept4(listener.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

void forget_at_close(const Descriptor& socket) {
  linger at_once{1, 0};
  ::setsockopt(socket.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace bench
