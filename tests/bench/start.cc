// How long a server takes to say 220, counted from just before it is executed. It is asked to end afterwards.
#include <sys/socket.h>
#include <sys/wait.h>

#include <csignal>
#include <string_view>
#include <vector>

#include "tests/bench/clock.h"
#include "tests/bench/descriptor.h"
#include "tests/bench/loads.h"
#include "tests/bench/report.h"
#include "tests/bench/socket.h"

namespace bench {
namespace {

constexpr Time kPatience = 20'000'000'000;
constexpr useconds_t kBetweenTries = 100;

pid_t execute(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t process = ::fork();
  if (process != 0) return process;
  ::setpgid(0, 0);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

bool greets(uint16_t port) {
  Descriptor socket = connect_blocking(port);
  if (!socket.is_open()) return false;
  char code[4] = {};
  return ::recv(socket.number(), code, 3, MSG_WAITALL) == 3 && std::string_view(code) == "220";
}

}  // namespace

void run_start(const Options& options) {
  Time began = now();
  pid_t process = execute(options.command);
  if (process < 0) fail_with_errno("fork");
  bool greeted = false;
  while (!(greeted = greets(options.port)) && now() - began < kPatience) ::usleep(kBetweenTries);
  double taken = seconds(now() - began);
  ::kill(-process, SIGTERM);
  ::waitpid(process, nullptr, 0);
  if (!greeted) fail("the server did not say 220");
  say({{"seconds", taken}});
}

}  // namespace bench
