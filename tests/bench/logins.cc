// Logins, one behind the other in each of some sessions: connect, USER, PASS, QUIT, and the server's end.
#include <memory>
#include <vector>

#include "tests/bench/clock.h"
#include "tests/bench/loads.h"
#include "tests/bench/report.h"
#include "tests/bench/session.h"

namespace bench {
namespace {

struct Count {
  Time deadline = 0;
  uint64_t working = 0;
  std::vector<Time> durations;
};

class Login : public Session {
 public:
  Login(Poller& poller, const Options& options, Count& count) : Session(poller, options), count_(count) {}

  void start() {
    begun_ = now();
    begin();
  }

 protected:
  void logged_in() override { send("QUIT\r\n"); }
  void replied(int code, std::string_view line) override {
    if (code != 221) fail_at(line);
  }
  void closed() override {
    Time time = now();
    count_.durations.push_back(time - begun_);
    if (time < count_.deadline) return start();
    --count_.working;
  }

 private:
  Count& count_;
  Time begun_ = 0;
};

}  // namespace

void run_logins(const Options& options) {
  Poller poller(options.streams == 1);
  Count count;
  std::vector<std::unique_ptr<Login>> logins;
  wait_for_go();
  Time began = now();
  double processor = processor_seconds();
  count.deadline = began + nanoseconds(options.seconds);
  count.working = options.streams;
  for (uint64_t index = 0; index < options.streams; ++index) {
    logins.push_back(std::make_unique<Login>(poller, options, count));
    logins.back()->start();
  }
  while (count.working > 0) poller.turn();
  say({{"seconds", seconds(now() - began)},
       {"logins", static_cast<double>(count.durations.size())},
       {"p50", percentile(count.durations, 50)},
       {"p99", percentile(count.durations, 99)},
       {"client", processor_seconds() - processor}});
  wait_for_line();
}

}  // namespace bench
