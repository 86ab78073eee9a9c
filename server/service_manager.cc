#include "server/service_manager.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "server/environment.h"

namespace uvftpd {
namespace {

constexpr timeval kLongestWait{.tv_sec = 1, .tv_usec = 0};  // of the loop, for a manager that does not read
constexpr int kWaiting = 0;
constexpr std::string_view kPassedOn[] = {"READY=1", "STATUS=", "STOPPING=1", "WATCHDOG=1"};
constexpr std::uint64_t kForever = 1ULL << 53;  // as good as no limit

// "/path", or "@name" of an abstract socket. None: errno tells why.
Descriptor connect_to(const std::string& where) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const bool is_abstract = where.starts_with('@');
  // A path ends with a zero, which an abstract name begins with.
  if ((!is_abstract && !where.starts_with('/')) || where.size() >= sizeof address.sun_path) {
    errno = EAFNOSUPPORT;
    return {};
  }
  std::memcpy(address.sun_path, where.data(), where.size());
  if (is_abstract) address.sun_path[0] = '\0';
  const std::size_t size = offsetof(sockaddr_un, sun_path) + where.size() + (is_abstract ? 0 : 1);

  Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return {};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kLongestWait, sizeof kLongestWait);
  const int status =
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size));
  return status == 0 ? std::move(socket) : Descriptor();
}

std::optional<std::chrono::microseconds> patience_of_manager() {
  const auto microseconds = take_number_from_environment<std::uint64_t>("WATCHDOG_USEC");
  const auto self = static_cast<unsigned>(::getpid());
  const auto of_process = take_number_from_environment<unsigned>("WATCHDOG_PID");
  if (!microseconds || *microseconds == 0 || *microseconds > kForever || of_process.value_or(self) != self)
    return std::nullopt;
  return std::chrono::microseconds(*microseconds);
}

int send(const Descriptor& socket, std::string_view message, int flags) {
  if (!socket.is_open()) return 0;
  return ::send(socket.get(), message.data(), message.size(), MSG_NOSIGNAL | flags) >= 0 ? 0 : errno;
}

std::string microseconds_since_start_of_machine() {
  using std::chrono::microseconds;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();  // CLOCK_MONOTONIC
  return std::to_string(std::chrono::duration_cast<microseconds>(now).count());
}

}  // namespace

ServiceManager::ServiceManager() : patience_(patience_of_manager()) {
  const std::string where = take_from_environment("NOTIFY_SOCKET").value_or("");
  if (where.empty()) return;
  socket_ = connect_to(where);
  if (!socket_.is_open()) trouble_ = where + ": " + std::strerror(errno);
}

int ServiceManager::pass_on(std::string_view message) const {
  for (std::string_view rest = message; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (std::ranges::none_of(kPassedOn, [line](std::string_view known) { return line.starts_with(known); }))
      return 0;
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return send(socket_, message, MSG_DONTWAIT);
}

int ServiceManager::tell_ready(const std::string& status) const {
  return send(socket_, "READY=1\nSTATUS=" + status, kWaiting);
}

int ServiceManager::tell_reloading() const {
  return send(socket_, "RELOADING=1\nMONOTONIC_USEC=" + microseconds_since_start_of_machine(), kWaiting);
}

int ServiceManager::tell_stopping(const std::string& status) const {
  return send(socket_, "STOPPING=1\nSTATUS=" + status, kWaiting);
}

int ServiceManager::tell_status(const std::string& status) const {
  return send(socket_, "STATUS=" + status, MSG_DONTWAIT);
}

int ServiceManager::tell_alive() const { return send(socket_, "WATCHDOG=1", MSG_DONTWAIT); }

}  // namespace uvftpd
