#include "server/socket.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace uvftpd {
namespace {

constexpr int kOn = 1, kOff = 0;

// A peer that vanished from an idle control connection is noticed after 2 + 4 * 0.5 minutes.
constexpr int kKeepIdleSeconds = 120, kKeepIntervalSeconds = 30, kKeepProbes = 4;

// BBR lets bytes leave in the small pieces that its timer permits, which to a near peer costs twice the work;
// a buffer that never holds much keeps it from that. A far peer needs one that grows.
constexpr int kNearSendBuffer = 384 * 1024;
constexpr unsigned kNearRoundTripMicroseconds = 1000;

template <class Value>
void set(int fd, int level, int name, const Value& value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

// -1: not to be had.
int integer_option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

Descriptor make_socket(int family) {
  return Descriptor(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

}  // namespace

// ---- addresses ----

SystemAddress::SystemAddress(const SocketAddress& address) {
  if (address.host.family == Address::Family::ipv4) {
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(address.port);
    std::memcpy(&ipv4.sin_addr, address.host.bytes.data(), sizeof ipv4.sin_addr);
    std::memcpy(&storage_, &ipv4, sizeof ipv4);
  } else {
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(address.port);
    ipv6.sin6_scope_id = address.host.scope;
    std::memcpy(&ipv6.sin6_addr, address.host.bytes.data(), sizeof ipv6.sin6_addr);
    std::memcpy(&storage_, &ipv6, sizeof ipv6);
  }
}

socklen_t SystemAddress::size() const {
  return storage_.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

SocketAddress SystemAddress::parsed() const {
  SocketAddress address;
  if (storage_.ss_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, &storage_, sizeof ipv4);
    address.port = ntohs(ipv4.sin_port);
    std::memcpy(address.host.bytes.data(), &ipv4.sin_addr, sizeof ipv4.sin_addr);
    return address;
  }
  sockaddr_in6 ipv6{};
  std::memcpy(&ipv6, &storage_, sizeof ipv6);
  address.port = ntohs(ipv6.sin6_port);
  address.host.family = Address::Family::ipv6;
  address.host.scope = ipv6.sin6_scope_id;
  std::memcpy(address.host.bytes.data(), &ipv6.sin6_addr, sizeof ipv6.sin6_addr);
  address.host = unmapped(address.host);
  return address;
}

SocketAddress local_address(int fd) {
  SystemAddress address;
  socklen_t size = SystemAddress::capacity();
  ::getsockname(fd, address.get(), &size);
  return address.parsed();
}

// ---- connections ----

SocketResult make_listener(Address::Family family, Stack stack) {
  const bool is_ipv6 = family == Address::Family::ipv6;
  Descriptor socket = make_socket(is_ipv6 ? AF_INET6 : AF_INET);
  if (!socket.is_open()) return {{}, errno};
  set(socket.get(), SOL_SOCKET, SO_REUSEADDR, kOn);
  if (is_ipv6) set(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, stack == Stack::single ? kOn : kOff);
  return {std::move(socket), 0};
}

int start_listening(Descriptor& socket, const SocketAddress& address, int backlog) {
  const SystemAddress system(address);
  if (::bind(socket.get(), system.get(), system.size()) != 0) return errno;
  if (::listen(socket.get(), backlog) == 0) return 0;
  const int error = errno;
  socket.close();
  return error;
}

SocketResult listen_at(const SocketAddress& address, int backlog, Stack stack) {
  SocketResult result = make_listener(address.host.family, stack);
  if (result.error == 0) result.error = start_listening(result.socket, address, backlog);
  if (result.error != 0) result.socket.close();
  return result;
}

Accepted accept_from(int listener) {
  for (;;) {
    SystemAddress peer;
    socklen_t size = SystemAddress::capacity();
    Descriptor socket(::accept4(listener, peer.get(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) return {std::move(socket), peer.parsed()};
    if (errno != EINTR && errno != ECONNABORTED) return {{}, {}, errno};
  }
}

SocketResult connect_from(const SocketAddress& source, const SocketAddress& peer) {
  const SystemAddress from(source), to(peer);
  Descriptor socket = make_socket(to.get()->sa_family);
  if (!socket.is_open()) return {{}, errno};
  // Many data connections may leave from one port as long as their peers differ.
  set(socket.get(), SOL_SOCKET, SO_REUSEADDR, kOn);
  if (::bind(socket.get(), from.get(), from.size()) != 0) return {{}, errno};
  if (::connect(socket.get(), to.get(), to.size()) == 0) return {std::move(socket), 0};
  if (errno == EINPROGRESS) return {std::move(socket), EINPROGRESS};
  return {{}, errno};
}

int connect_error(int fd) {
  // Not SO_ERROR, which would take a reset away that lies behind bytes that can still be read.
  char byte = 0;
  return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno == EAGAIN ? 0 : errno;
}

// ---- options ----

void prepare_listener(int fd) {
  set(fd, IPPROTO_TCP, TCP_NODELAY, kOn);
  set(fd, SOL_SOCKET, SO_OOBINLINE, kOn);
  set(fd, SOL_SOCKET, SO_KEEPALIVE, kOn);
  set(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepIdleSeconds);
  set(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepIntervalSeconds);
  set(fd, IPPROTO_TCP, TCP_KEEPCNT, kKeepProbes);
}

std::string_view fault_of_listener(int fd) {
  const int family = integer_option(fd, SOL_SOCKET, SO_DOMAIN);
  if (family < 0) return "it is no open socket";
  if (family != AF_INET && family != AF_INET6) return "it is not of IPv4 or IPv6";
  if (integer_option(fd, SOL_SOCKET, SO_PROTOCOL) != IPPROTO_TCP) return "it is not of TCP";
  if (integer_option(fd, SOL_SOCKET, SO_ACCEPTCONN) != kOn) return "it does not listen";
  return {};
}

void adopt_listener(int fd) {
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  set(fd, SOL_SOCKET, SO_REUSEADDR, kOn);
  prepare_listener(fd);
}

void notice_stalled_peer(int fd, std::chrono::milliseconds stalled) {
  set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<unsigned>(stalled.count()));
}

void send_at_once(int fd) { set(fd, IPPROTO_TCP, TCP_NODELAY, kOn); }
void acknowledge_at_once(int fd) { set(fd, IPPROTO_TCP, TCP_QUICKACK, kOn); }

bool is_over(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  return ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_state == TCP_CLOSE;
}

int unacknowledged(int fd) {
  int bytes = 0;
  return ::ioctl(fd, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

void send_in_whole_segments(int fd) { set(fd, IPPROTO_TCP, TCP_CORK, kOn); }

void send_in_bulk(int fd) {
  std::array<char, 16> control{};  // TCP_CA_NAME_MAX
  socklen_t size = control.size() - 1;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, control.data(), &size) != 0) return;
  tcp_info info{};
  size = sizeof info;
  if (!std::string_view(control.data()).starts_with("bbr") ||
      ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
      info.tcpi_rtt > kNearRoundTripMicroseconds)
    return;
  set(fd, SOL_SOCKET, SO_SNDBUF, kNearSendBuffer);
}

// Of a socket that is not connected it says so, if it knows what is asked for.
KernelTls kernel_tls() {
  const Descriptor any(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  static constexpr std::string_view kName = "tls";
  const bool is_there =
      ::setsockopt(any.get(), IPPROTO_TCP, TCP_ULP, kName.data(), kName.size()) != 0 && errno == ENOTCONN;
  return is_there ? KernelTls::used : KernelTls::unused;
}

void end_sending(int fd) { ::shutdown(fd, SHUT_WR); }

void reset_on_close(int fd) { set(fd, SOL_SOCKET, SO_LINGER, linger{1, 0}); }

// ---- moving bytes ----

std::ptrdiff_t receive(int fd, std::span<char> buffer) {
  for (;;) {
    const auto count = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count >= 0) return count;
    if (errno != EINTR) return -errno;
  }
}

std::ptrdiff_t send(int fd, std::string_view bytes) {
  for (;;) {
    const auto count = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) return count;
    if (errno != EINTR) return -errno;
  }
}

std::ptrdiff_t splice_to_socket(int pipe, int fd, std::size_t count) {
  const auto moved = ::splice(pipe, nullptr, fd, nullptr, count, SPLICE_F_NONBLOCK | SPLICE_F_MORE);
  return moved < 0 ? -errno : moved;
}

void discard_input(int fd) {
  constexpr int kMaxChunks = 16;  // a peer that goes on sending gets its reset
  for (int i = 0; i < kMaxChunks; ++i)
    // cppcheck-suppress nullPointer  // MSG_TRUNC copies nothing
    if (::recv(fd, nullptr, 64 * 1024, MSG_DONTWAIT | MSG_TRUNC) <= 0) return;
}

bool is_connection_error(int error) {
  static constexpr int kErrors[] = {EPIPE,    ECONNRESET,   ECONNABORTED, ETIMEDOUT,
                                    ENOTCONN, EHOSTUNREACH, ENETUNREACH,  ENETDOWN};
  return std::find(std::begin(kErrors), std::end(kErrors), error) != std::end(kErrors);
}

}  // namespace uvftpd
