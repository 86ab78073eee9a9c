// Sessions that are logged in and do nothing. They come some at a time: more than a listener's backlog at
// once would measure the retries of TCP.
#include <algorithm>
#include <memory>
#include <vector>

#include "tests/bench/clock.h"
#include "tests/bench/loads.h"
#include "tests/bench/report.h"
#include "tests/bench/session.h"

namespace bench {
namespace {

class Idle : public Session {
 public:
  Idle(Poller& poller, const Options& options, uint64_t& there) : Session(poller, options), there_(there) {}

 protected:
  void logged_in() override { ++there_; }
  void replied(int /*code*/, std::string_view line) override { fail_at(line); }

 private:
  uint64_t& there_;
};

}  // namespace

void run_hold(const Options& options) {
  Poller poller(false);
  uint64_t there = 0;
  std::vector<std::unique_ptr<Idle>> sessions;
  wait_for_go();
  Time began = now();
  while (there < options.streams) {
    while (sessions.size() < std::min(options.streams, there + options.at_once)) {
      sessions.push_back(std::make_unique<Idle>(poller, options, there));
      sessions.back()->begin();
    }
    poller.turn();
  }
  say({{"seconds", seconds(now() - began)}, {"sessions", static_cast<double>(there)}});
  wait_for_line();
  for (auto& session : sessions) session->drop();
}

}  // namespace bench
