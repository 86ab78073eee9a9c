// Plain read(2), since a stream's buffer would keep a copy of the password, and getline starts again after a
// signal.
#include "server/password_prompt.h"

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstring>

#include "auth/password_hash.h"

namespace uvftpd {
namespace {

constexpr std::array<int, 4> kSignals = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
constexpr std::size_t kMostKept = kMaxPassword + 2;  // one too long is seen to be, also with a CR behind

volatile std::sig_atomic_t caught_signal = 0;
void note_signal(int number) { caught_signal = number; }

// The terminal without echo while it lives. A signal is let in only while a key is waited for, so that none
// slips in between; it takes effect at the end.
class WithoutEcho {
 public:
  WithoutEcho() {
    struct sigaction noting = {};
    noting.sa_handler = note_signal;
    sigset_t kept_out;
    sigemptyset(&kept_out);
    for (const int number : kSignals) sigaddset(&kept_out, number);
    sigprocmask(SIG_BLOCK, &kept_out, &mask_before_);
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &noting, &actions_before_[i]);
    tcgetattr(STDIN_FILENO, &before_);
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  WithoutEcho(const WithoutEcho&) = delete;
  WithoutEcho& operator=(const WithoutEcho&) = delete;
  ~WithoutEcho() {
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &actions_before_[i], nullptr);
    sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
    if (caught_signal != 0) raise(caught_signal);
  }

  const sigset_t* mask_before() const { return &mask_before_; }

 private:
  sigset_t mask_before_ = {};
  termios before_ = {};
  std::array<struct sigaction, kSignals.size()> actions_before_ = {};
};

// `let_in`: the signals that are blocked while a byte is waited for; none: as they are.
void read_line(std::string& line, const sigset_t* let_in) {
  line.clear();
  line.reserve(kMostKept);  // never grows, so that no freed piece of memory keeps a part
  char byte = 0;
  pollfd input{STDIN_FILENO, POLLIN, 0};
  while (caught_signal == 0) {
    if (let_in && ppoll(&input, 1, nullptr, let_in) < 0) continue;
    const ssize_t size = read(STDIN_FILENO, &byte, 1);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0 || byte == '\n') break;
    if (line.size() < kMostKept) line += byte;
  }
  if (line.ends_with('\r')) line.pop_back();
}

void read_line_unseen(const char* prompt, std::string& line) {
  const WithoutEcho quiet;
  std::fputs(prompt, stderr);
  read_line(line, quiet.mask_before());
  std::fputs("\n", stderr);
}

std::string_view fault_of(const std::string& password) {
  if (password.empty()) return "an empty password is none";
  if (!is_hashable(password)) return "a password has at most 511 bytes, none of them NUL";
  return {};
}

}  // namespace

std::string_view ask_password(std::string& password) {
  if (isatty(STDIN_FILENO) == 0) {
    read_line(password, nullptr);
    return fault_of(password);
  }
  read_line_unseen("Password: ", password);
  if (const auto fault = fault_of(password); !fault.empty()) return fault;
  std::string again;
  read_line_unseen("Once more: ", again);
  const bool same = again == password;
  wipe(again);
  return same ? std::string_view() : "the two passwords are not the same";
}

void wipe(std::string& secret) {
  explicit_bzero(secret.data(), secret.size());
  secret.clear();
}

}  // namespace uvftpd
