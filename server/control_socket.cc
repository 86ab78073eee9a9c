#include "server/control_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace uvftpd {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kPatience{2};       // of the daemon
constexpr std::chrono::seconds kLongPatience{60};  // a reload may take its time
constexpr int kBacklog = 8;
constexpr std::size_t kLongestRequest = 128;

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return std::nullopt;
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

Descriptor make_socket() { return Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

void be_patient(const Descriptor& socket, std::chrono::seconds patience) {
  const timeval bound{.tv_sec = patience.count(), .tv_usec = 0};
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO})
    ::setsockopt(socket.get(), SOL_SOCKET, option, &bound, sizeof bound);
}

int connect(const Descriptor& socket, const sockaddr_un& address) {
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

}  // namespace

int ControlSocket::open(const std::string& path) {
  const auto address = address_of(path);
  Descriptor socket = make_socket();
  if (!address || !socket.is_open()) return errno;
  if (connect(socket, *address) == 0) return EADDRINUSE;
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) ::unlink(path.c_str());
  socket = make_socket();
  const mode_t before = ::umask(0117);
  const int bound = ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address);
  const int error = errno;
  ::umask(before);
  if (bound != 0) return error;
  if (::listen(socket.get(), kBacklog) != 0) return errno;
  path_ = path;
  listening_ = std::move(socket);
  return 0;
}

void ControlSocket::remove() {
  if (listening_.is_open()) ::unlink(path_.c_str());
  listening_.close();
}

// Whoever asks sends the line whole: it is short.
ControlSocket::Request ControlSocket::accept() const {
  Request request{Descriptor(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC)), {}};
  be_patient(request.client, kPatience);
  std::array<char, kLongestRequest> bytes;
  const ssize_t size = ::recv(request.client.get(), bytes.data(), bytes.size(), 0);
  const std::string_view received(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  if (const auto end = received.find('\n'); end != std::string_view::npos)
    request.line = received.substr(0, end);
  return request;
}

// A client that takes it slowly gets a part of it.
void answer(const ControlSocket::Request& request, std::string_view text) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!text.empty()) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd wait{request.client.get(), POLLOUT, 0};
    if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) != 1) return;
    const ssize_t size = ::send(request.client.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

std::optional<std::string> ask(const std::string& path, std::string_view request) {
  const auto address = address_of(path);
  const Descriptor socket = make_socket();
  if (!address || !socket.is_open()) return std::nullopt;
  be_patient(socket, kLongPatience);
  const std::string line = std::string(request) + '\n';
  if (connect(socket, *address) != 0) return std::nullopt;
  if (::send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL) < 0) return std::nullopt;
  std::string text;
  std::array<char, 65536> bytes;
  ssize_t size = 0;
  while ((size = ::recv(socket.get(), bytes.data(), bytes.size(), 0)) > 0)
    text.append(bytes.data(), static_cast<std::size_t>(size));
  if (size == 0 && !text.empty()) return text;
  if (size == 0) errno = ECONNRESET;
  return std::nullopt;
}

}  // namespace uvftpd
