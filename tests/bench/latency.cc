// How long a command takes: NOOPs with pauses between them, on a blocking socket. Where it may, it runs with
// a real-time priority, so that it is not its own wait for a processor that is measured.
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/clock.h"
#include "tests/bench/descriptor.h"
#include "tests/bench/loads.h"
#include "tests/bench/report.h"
#include "tests/bench/socket.h"

namespace bench {
namespace {

// A reply, a line long or more, which begins with `code`.
std::string expect(const Descriptor& socket, std::string_view code) {
  std::string text;
  char buffer[2048];
  auto is_complete = [&] {
    auto last = text.rfind('\n', text.size() - 2);
    std::string_view line = std::string_view(text).substr(last == std::string::npos ? 0 : last + 1);
    return text.ends_with('\n') && line.size() > 3 && line[3] == ' ';
  };
  do {
    ssize_t count = ::recv(socket.number(), buffer, sizeof buffer, 0);
    if (count <= 0) fail_with_errno("reading a reply");
    text.append(buffer, static_cast<size_t>(count));
  } while (text.size() < 2 || !is_complete());
  if (!text.starts_with(code)) fail("the server said: " + text);
  return text;
}

void send(const Descriptor& socket, std::string_view line) {
  if (::send(socket.number(), line.data(), line.size(), MSG_NOSIGNAL) < 0) fail_with_errno("send");
}

Descriptor logged_in_to(uint16_t port) {
  Descriptor socket = connect_blocking(port);
  expect(socket, "220");
  send(socket, "USER anonymous\r\n");
  if (expect(socket, "").starts_with("230")) return socket;
  send(socket, "PASS bench@\r\n");
  expect(socket, "230");
  return socket;
}

void pause(double seconds) {
  timespec time{static_cast<time_t>(seconds), static_cast<long>(nanoseconds(seconds) % 1'000'000'000)};
  ::nanosleep(&time, nullptr);
}

}  // namespace

void run_latency(const Options& options) {
  Descriptor socket = logged_in_to(options.port);
  sched_param priority{};
  priority.sched_priority = 1;
  bool real_time = ::sched_setscheduler(0, SCHED_FIFO, &priority) == 0;
  wait_for_go();
  std::vector<Time> durations;
  for (Time deadline = now() + nanoseconds(options.seconds); now() < deadline;) {
    Time began = now();
    send(socket, "NOOP\r\n");
    expect(socket, "200");
    durations.push_back(now() - began);
    pause(options.pause);
  }
  say({{"p50", percentile(durations, 50)},
       {"p99", percentile(durations, 99)},
       {"worst", percentile(durations, 100)},
       {"count", static_cast<double>(durations.size())},
       {"real_time", real_time ? 1 : 0}});
}

}  // namespace bench
