#include "server/orders.h"

#include <sys/socket.h>

#include <array>

namespace uvftpd {

Orders::Orders(uv::Loop& loop, const Descriptor& stream, std::function<void(std::string_view)> on_order)
    : stream_(stream.get()), on_order_(std::move(on_order)), poll_(loop, stream_, [this] { ready(); }) {
  poll_.wait(uv::Poll::For::reading);
}

// While an answer is on its way no further order is looked at.
void Orders::ready() { unsent_.empty() ? receive() : send(); }

void Orders::receive() {
  std::array<char, 256> bytes;
  const ssize_t size = ::recv(stream_, bytes.data(), bytes.size(), MSG_DONTWAIT);
  if (size == 0) return poll_.stop();  // without its supervisor the process ends anyway
  if (size < 0) return;
  received_.append(bytes.data(), static_cast<std::size_t>(size));
  for (std::size_t end = 0; (end = received_.find('\n')) != std::string::npos;) {
    const std::string order = received_.substr(0, end + 1);
    received_.erase(0, end + 1);
    on_order_(order);
  }
}

void Orders::answer(std::string_view text) {
  unsent_ += text;
  send();
}

void Orders::send() {
  const ssize_t size = ::send(stream_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (size > 0) unsent_.erase(0, static_cast<std::size_t>(size));
  poll_.wait(unsent_.empty() ? uv::Poll::For::reading : uv::Poll::For::writing);
}

}  // namespace uvftpd
