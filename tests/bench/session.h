// A control connection: it logs in as anonymous, behind AUTH TLS if the options say so, and then tells of
// every reply. What is done with the session is a derived class's. It checks nothing but that the login
// succeeds, since its cost is not to be measured.
#ifndef UVFTPD_TESTS_BENCH_SESSION_H_
#define UVFTPD_TESTS_BENCH_SESSION_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "tests/bench/options.h"
#include "tests/bench/poller.h"
#include "tests/bench/tls_stream.h"

namespace bench {

class Session : public Watcher {
 public:
  Session(Poller& poller, const Options& options) : poller_(poller), options_(options) {}
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

  // Only where the options ask for TLS, and of a session that has logged in.
  const TlsStream& tls() const { return *tls_; }

  Poller& poller_;
  const Options& options_;

 private:
  void receive();
  void take_lines();
  void take_line(std::string_view line);
  void log_in(int code, std::string_view line);
  void secure();
  void shake_hands();

  bool logged_in_ = false;
  Descriptor socket_;
  std::optional<TlsStream> tls_;
  size_t held_ = 0;
  char buffer_[1024];
};

}  // namespace bench

#endif  // UVFTPD_TESTS_BENCH_SESSION_H_
