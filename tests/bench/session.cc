#include "tests/bench/session.h"

#include <sys/socket.h>

#include <cctype>
#include <cstring>
#include <string>

#include "tests/bench/socket.h"

namespace bench {
namespace {

bool is_digit(char octet) { return octet >= '0' && octet <= '9'; }

// Of the last line of a reply; 0 for any other.
int code_of(std::string_view line) {
  if (line.size() < 4 || line[3] != ' ') return 0;
  if (!is_digit(line[0]) || !is_digit(line[1]) || !is_digit(line[2])) return 0;
  return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

}  // namespace

void Session::begin() {
  logged_in_ = false;
  held_ = 0;
  socket_ = connect_to(options_.port);
  poller_.watch(socket_.number(), EPOLLIN, this);
}

void Session::drop() {
  if (socket_.is_open()) forget_at_close(socket_);
  tls_.reset();
  socket_.close();
}

void Session::ready(uint32_t /*events*/) {
  if (!socket_.is_open()) return;
  if (tls_ && !tls_->is_established()) return shake_hands();
  do {
    receive();
  } while (tls_ && tls_->holds_more());
}

void Session::receive() {
  char* free = buffer_ + held_;
  size_t size = sizeof buffer_ - held_;
  ssize_t count = tls_ ? tls_->receive(free, size) : ::recv(socket_.number(), free, size, 0);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) {
    drop();
    return closed();
  }
  held_ += static_cast<size_t>(count);
  take_lines();
}

void Session::take_lines() {
  size_t taken = 0;
  while (const void* end = std::memchr(buffer_ + taken, '\n', held_ - taken)) {
    auto next = static_cast<size_t>(static_cast<const char*>(end) - buffer_) + 1;
    take_line({buffer_ + taken, next - taken});
    taken = next;
  }
  held_ -= taken;
  std::memmove(buffer_, buffer_ + taken, held_);
  if (held_ == sizeof buffer_) held_ = 0;  // a line of a greeting that nobody needs
}

void Session::take_line(std::string_view line) {
  int code = code_of(line);
  if (code == 0) return;
  if (logged_in_) return replied(code, line);
  log_in(code, line);
}

void Session::log_in(int code, std::string_view line) {
  if (code == 220 && options_.security == Security::tls) return send("AUTH TLS\r\n");
  if (code == 220) return send("USER anonymous\r\n");
  if (code == 234 && !tls_) return secure();
  if (code == 331) return send("PASS bench@\r\n");
  if (code != 230) fail_at(line);
  logged_in_ = true;
  logged_in();
}

// A full handshake, always: what is reused is reused by data connections.
void Session::secure() {
  tls_.emplace(socket_);
  shake_hands();
}

void Session::shake_hands() {
  if (tls_->shake_hands() == TlsStream::Progress::done) send("USER anonymous\r\n");
}

void Session::send(std::string_view lines) {
  ssize_t sent = tls_ ? tls_->send(lines.data(), lines.size())
                      : ::send(socket_.number(), lines.data(), lines.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(lines.size())) fail_with_errno("a command could not be sent");
}

void Session::closed() { fail("the server closed a control connection"); }

void Session::fail_at(std::string_view line) {
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back()))) line.remove_suffix(1);
  fail("the server said: " + std::string(line));
}

}  // namespace bench
