// Sessions that transfer as fast as they can until the time is over; what has begun is finished and counts.
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/loads.h"
#include "tests/bench/report.h"
#include "tests/bench/transfer_session.h"

namespace bench {
namespace {

// A listing is long enough to sleep meanwhile, as clients do: the processor may be of use to the server.
bool is_spinning(const Options& options) {
  return options.streams == 1 && !options.sleeping && (options.verb == "RETR" || options.verb == "STOR");
}

class Transfers {
 public:
  explicit Transfers(const Options& options)
      : options_(options),
        upload_(options.verb == "STOR" ? options.size : 0),
        poller_(is_spinning(options)) {}

  void run();

 private:
  void begin_next(TransferSession& session);
  void count(TransferSession& session);
  std::string next_path();
  void report(Time began, double processor) const;

  const Options& options_;
  Upload upload_;
  Poller poller_;
  TransferSession::Events events_{[this](TransferSession&) { ++waiting_; },
                                  [this](TransferSession& session) { count(session); }};
  std::vector<std::unique_ptr<TransferSession>> sessions_;
  uint64_t waiting_ = 0;  // logged in, not at work yet
  uint64_t working_ = 0;
  uint64_t started_ = 0;
  uint64_t bytes_ = 0;
  Time deadline_ = 0;
  std::vector<Time> durations_;
  std::vector<Time> first_bytes_;
};

void Transfers::run() {
  for (uint64_t index = 0; index < options_.streams; ++index) {
    sessions_.push_back(std::make_unique<TransferSession>(poller_, options_, upload_, events_));
    sessions_.back()->begin();
    while (waiting_ <= index) poller_.turn();
  }
  wait_for_go();
  Time began = now();
  double processor = processor_seconds();
  deadline_ = began + nanoseconds(options_.seconds);
  working_ = options_.streams;
  for (auto& session : sessions_) begin_next(*session);
  while (working_ > 0) poller_.turn();
  report(began, processor);
  wait_for_line();
}

void Transfers::begin_next(TransferSession& session) { session.transfer(next_path()); }

std::string Transfers::next_path() {
  uint64_t number = started_++;
  auto place = options_.path.find('#');
  if (place == std::string::npos) return options_.path;
  if (options_.verb != "STOR") number %= options_.files;
  return std::string(options_.path).replace(place, 1, std::to_string(number));
}

void Transfers::count(TransferSession& session) {
  Time time = now();
  bytes_ += session.data().moved();
  durations_.push_back(time - session.begun());
  if (session.data().first_byte() != 0) first_bytes_.push_back(session.data().first_byte() - session.begun());
  if (time < deadline_) return begin_next(session);
  --working_;
}

void Transfers::report(Time began, double processor) const {
  uint64_t resumed = 0;
  for (const auto& session : sessions_) resumed += session->data().resumed();
  say({{"seconds", seconds(now() - began)},
       {"bytes", static_cast<double>(bytes_)},
       {"files", static_cast<double>(durations_.size())},
       {"p50", percentile(durations_, 50)},
       {"p99", percentile(durations_, 99)},
       {"first", percentile(first_bytes_, 50)},
       {"resumed", static_cast<double>(resumed)},
       {"client", processor_seconds() - processor}});
}

}  // namespace

void run_transfers(const Options& options) { Transfers(options).run(); }

}  // namespace bench
