#include "server/administration.h"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <optional>
#include <thread>

#include "server/control_socket.h"
#include "server/status_view.h"

namespace uvftpd {
namespace {

constexpr std::chrono::seconds kBetweenViews{1};
constexpr std::string_view kHomeAndClear = "\x1b[H\x1b[J";

bool print(std::FILE* stream, std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stream) == text.size() && std::fflush(stream) == 0;
}

struct Answer {
  ExitStatus status;
  std::string text = {};
};

// Told on stderr where it did not do it.
Answer ask_daemon(const std::string& socket, std::string_view request) {
  const auto answer = ask(socket, request);
  if (!answer) {
    const std::string why = std::strerror(errno);
    print(stderr,
          "uvftpd: " + socket + ": " + why + " (is the daemon running, and with this control socket?)\n");
    return {errno == EACCES ? ExitStatus::not_permitted : ExitStatus::failed};
  }
  if (answer->starts_with(kDone)) return {ExitStatus::ok, answer->substr(kDone.size())};
  print(stderr, answer->starts_with(kRefused) ? answer->substr(kRefused.size()) : *answer);
  return {ExitStatus::failed};
}

}  // namespace

ExitStatus show_status(const StatusCommand& command) {
  while (true) {
    const Answer answer = ask_daemon(command.socket, "status");
    if (answer.status != ExitStatus::ok) return answer.status;
    const std::string text = view_status(answer.text, command.form);
    const bool is_printed = (!command.watch || print(stdout, kHomeAndClear)) && print(stdout, text);
    if (!is_printed) return ExitStatus::failed;
    if (!command.watch) return ExitStatus::ok;
    std::this_thread::sleep_for(kBetweenViews);
  }
}

ExitStatus kick_session(const KickCommand& command) {
  return ask_daemon(command.socket, "kick " + std::to_string(command.session)).status;
}

ExitStatus reload_daemon(const ReloadCommand& command) { return ask_daemon(command.socket, "reload").status; }

}  // namespace uvftpd
