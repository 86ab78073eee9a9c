// Plain blocking calls behind poll: a server that hangs costs one patience, never the run.
#include "socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "options.h"

namespace conformance {

namespace {

[[noreturn]] void fail(const std::string& what) { throw Mishap(what + ": " + std::strerror(errno)); }

}  // namespace

Address::Address(const std::string& host, std::uint16_t port) {
  auto* four = reinterpret_cast<sockaddr_in*>(&storage_);
  auto* six = reinterpret_cast<sockaddr_in6*>(&storage_);
  if (inet_pton(AF_INET, host.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
  } else if (inet_pton(AF_INET6, host.c_str(), &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
  } else {
    throw Mishap("not an address: " + host);
  }
}

Address Address::local_of(int socket) {
  Address result;
  socklen_t size = sizeof result.storage_;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&result.storage_), &size) != 0) fail("getsockname");
  return result;
}

Address Address::peer_of(int socket) {
  Address result;
  socklen_t size = sizeof result.storage_;
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&result.storage_), &size) != 0) fail("getpeername");
  return result;
}

std::uint16_t Address::port() const {
  return is_ipv6() ? ntohs(reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_port)
                   : ntohs(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port);
}

std::string Address::host() const {
  char text[INET6_ADDRSTRLEN] = "";
  const void* bytes =
      is_ipv6() ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_addr)
                : &reinterpret_cast<const sockaddr_in*>(&storage_)->sin_addr;
  inet_ntop(family(), bytes, text, sizeof text);
  return text;
}

Socket::Socket(Socket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), tls_(std::move(other.tls_)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(tls_, other.tls_);
  return *this;
}

Socket Socket::make(const Address& like) {
  Socket result(::socket(like.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!result.is_open()) fail("socket");
  const int on = 1;
  // A client listens for data on the port of its own control connection: both must allow it.
  setsockopt(result.descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  return result;
}

void Socket::bind(const Address& at) const {
  if (::bind(descriptor_, at.data(), at.size()) != 0) fail("bind " + at.host());
}

Socket Socket::connect(const Address& to, const std::optional<Address>& from, int receive_buffer) {
  Socket result = make(to);
  if (from) result.bind(*from);
  if (receive_buffer > 0) {
    setsockopt(result.descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const std::string what = "connect to " + to.host() + " port " + std::to_string(to.port());
  fcntl(result.descriptor_, F_SETFL, O_NONBLOCK);
  if (::connect(result.descriptor_, to.data(), to.size()) != 0) {
    if (errno != EINPROGRESS) fail(what);
    result.wait_for(POLLOUT, what.c_str());
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(result.descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) throw Mishap(what + ": " + std::strerror(error));
  }
  fcntl(result.descriptor_, F_SETFL, 0);
  const int on = 1;
  setsockopt(result.descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return result;
}

Socket Socket::listen(const Address& at) {
  Socket result = make(at);
  result.bind(at);
  if (::listen(result.descriptor_, 4) != 0) fail("listen");
  return result;
}

Socket Socket::accept() const {
  wait_for(POLLIN, "no data connection came from the server");
  Socket result(::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC));
  if (!result.is_open()) fail("accept");
  return result;
}

void Socket::secure(const Tls::Wishes& wishes) { tls_ = std::make_unique<Tls>(descriptor_, wishes); }

bool Socket::is_readable(std::chrono::milliseconds wait) const {
  if (tls_ && tls_->has_decrypted()) return true;
  pollfd entry{descriptor_, POLLIN, 0};
  return poll(&entry, 1, static_cast<int>(wait.count())) > 0;
}

void Socket::wait_for(short events, const char* what) const {
  pollfd entry{descriptor_, events, 0};
  if (poll(&entry, 1, static_cast<int>(options().patience.count())) <= 0) {
    throw Mishap(std::string(what) + " in time");
  }
}

std::string Socket::read_some() {
  if (tls_) return tls_->read_some();
  wait_for(POLLIN, "nothing came");
  std::string buffer(64 * 1024, '\0');
  const ssize_t count = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
  if (count < 0) fail("receive");
  buffer.resize(static_cast<std::size_t>(count));
  return buffer;
}

std::string Socket::read_to_end() {
  std::string result;
  for (std::string more = read_some(); !more.empty(); more = read_some()) result += more;
  close();
  return result;
}

bool Socket::ends() {
  const auto deadline = std::chrono::steady_clock::now() + options().patience;
  std::string buffer(64 * 1024, '\0');
  while (std::chrono::steady_clock::now() < deadline) {
    if (!is_readable(options().patience)) return false;
    if (::recv(descriptor_, buffer.data(), buffer.size(), 0) <= 0) {
      close();
      return true;
    }
  }
  return false;
}

void Socket::write(std::string_view bytes) {
  if (tls_) return tls_->write(bytes);
  while (!bytes.empty()) {
    wait_for(POLLOUT, "the server takes nothing");
    const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN) fail("send");
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void Socket::write_urgent(std::string_view bytes) {
  if (::send(descriptor_, bytes.data(), bytes.size(), MSG_OOB | MSG_NOSIGNAL) < 0) fail("send urgent data");
}

void Socket::close() {
  tls_.reset();
  if (is_open()) ::close(std::exchange(descriptor_, -1));
}

}  // namespace conformance
