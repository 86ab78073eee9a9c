// A control connection: it logs in as anonymous and then tells of every reply. What is done with the session
// is a derived class's. It checks nothing but that the login succeeds, since its cost is not to be measured.
#ifndef UVFTPD_TESTS_BENCH_SESSION_H_
#define UVFTPD_TESTS_BENCH_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/bench/poller.h"

namespace bench {

class Session : public Watcher {
 public:
  Session(Poller& poller, uint16_t port) : poller_(poller), port_(port) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  // Connects and logs in; also again, once closed.
  void begin();
  void ready(uint32_t events) override;
  // Without a word, as a client that is gone.
  void drop();

 protected:
  virtual void logged_in() = 0;
  // The last line of a reply.
  virtual void replied(int code, std::string_view line) = 0;
  // By the server.
  virtual void closed();

  // Whole lines. They are few, so the socket takes them.
  void send(std::string_view lines);
  [[noreturn]] void fail_at(std::string_view line);

  Poller& poller_;

 private:
  void take_line(std::string_view line);
  void log_in(int code, std::string_view line);

  uint16_t port_;
  bool logged_in_ = false;
  Descriptor socket_;
  size_t held_ = 0;
  char buffer_[1024];
};

}  // namespace bench

#endif  // UVFTPD_TESTS_BENCH_SESSION_H_
