#include "server/event_socket.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "server/log.h"

namespace uvftpd {
namespace {

constexpr std::chrono::milliseconds kFull{20};  // for a reader that is there
constexpr std::chrono::seconds kAway{1};        // for one that is not

}  // namespace

int EventSocket::open(const std::string& path) {
  if (path.empty()) return 0;
  if (path.size() >= sizeof address_.sun_path) return ENAMETOOLONG;
  address_.sun_family = AF_UNIX;
  path.copy(address_.sun_path, path.size());
  socket_ = Descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  return is_open() ? 0 : errno;
}

void EventSocket::send(std::string line) {
  if (waiting_.size() < kMostWaiting)
    waiting_.push_back(std::move(line));
  else
    drop();
  flush();
}

void EventSocket::drop() {
  state_ = State::in_trouble;
  if (dropped_++ == 0)
    log_event(Level::warning, "uploads-untold", {{"key", "uploads.socket"}, {"dropped", dropped_}});
}

void EventSocket::flush() {
  while (!waiting_.empty()) {
    if (!has_taken(waiting_.front())) return;
    waiting_.pop_front();
  }
  if (std::exchange(state_, State::well) == State::in_trouble)
    log_event(Level::info, "uploads-told",
              {{"key", "uploads.socket"}, {"dropped", std::exchange(dropped_, 0)}});
}

bool EventSocket::has_taken(const std::string& line) {
  const auto* address = reinterpret_cast<const sockaddr*>(&address_);
  const auto sent = ::sendto(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL, address, sizeof address_);
  if (sent >= 0 || errno == EMSGSIZE) return true;  // no path is that long
  timer_.start(errno == EAGAIN ? kFull : kAway);
  if (errno != EAGAIN) report(errno);
  return false;
}

// Once, until all is well again.
void EventSocket::report(int error) {
  if (std::exchange(state_, State::in_trouble) == State::in_trouble) return;
  log_event(Level::warning, "uploads-untold", {{"key", "uploads.socket"}, {"errno", name_of_error(error)}});
}

}  // namespace uvftpd
