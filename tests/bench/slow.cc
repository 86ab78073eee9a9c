// Readers that take their bytes at a bounded rate, a tenth of them every 10 ms, until the runner's next line.
#include <poll.h>

#include <memory>
#include <vector>

#include "tests/bench/loads.h"
#include "tests/bench/report.h"
#include "tests/bench/transfer_session.h"

namespace bench {
namespace {

constexpr uint64_t kGroups = 10;
constexpr int kMilliseconds = 10;

bool told_to_end() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, 0) == 1;
}

}  // namespace

void run_slow(const Options& options) {
  Poller poller(false);
  Upload nothing(0);
  uint64_t there = 0;
  TransferSession::Events events{[&](TransferSession& session) {
                                   session.leave_data();
                                   session.transfer(options.path);
                                   ++there;
                                 },
                                 [](TransferSession&) { fail("a slow reader was given all"); }};
  std::vector<std::unique_ptr<TransferSession>> sessions;
  while (there < options.streams) {
    if (sessions.size() == there) {
      sessions.push_back(std::make_unique<TransferSession>(poller, options, nothing, events));
      sessions.back()->begin();
    }
    poller.turn();
  }
  wait_for_go();
  uint64_t part = options.rate * kGroups * kMilliseconds / 1000;
  for (uint64_t group = 0; !told_to_end(); group = (group + 1) % kGroups) {
    for (uint64_t index = group; index < sessions.size(); index += kGroups) {
      sessions[index]->data().receive_some(part);
    }
    ::poll(nullptr, 0, kMilliseconds);
    poller.turn(0);
  }
}

}  // namespace bench
