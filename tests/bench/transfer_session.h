// A session that makes one transfer after another: EPSV or PORT, the verb, the data, 226. What the next
// transfer is, and what becomes of a finished one, its owner decides. Every download is checked for its
// length. With TLS, a data connection offers the session of its own control connection.
#ifndef UVFTPD_TESTS_BENCH_TRANSFER_SESSION_H_
#define UVFTPD_TESTS_BENCH_TRANSFER_SESSION_H_

#include <functional>
#include <string>

#include "tests/bench/data_connection.h"
#include "tests/bench/options.h"
#include "tests/bench/session.h"

namespace bench {

class TransferSession : public Session {
 public:
  struct Events {
    std::function<void(TransferSession&)> logged_in;
    std::function<void(TransferSession&)> transferred;
  };

  TransferSession(Poller& poller, const Options& options, const Upload& upload, const Events& events);

  void transfer(const std::string& path);
  DataConnection& data() { return data_; }
  Time begun() const { return begun_; }
  // A reader that is slow on purpose takes the data itself.
  void leave_data() { leaves_data_ = true; }

 protected:
  void logged_in() override;
  void replied(int code, std::string_view line) override;

 private:
  struct Arrivals final : Watcher {
    explicit Arrivals(TransferSession* owner) : session(owner) {}
    void ready(uint32_t /*events*/) override { session->accept(); }
    TransferSession* session;
  };

  void set_up();
  void connect_passively(std::string_view line);
  void accept();
  void move();
  void data_ended();
  void end_if_over();

  const Upload& upload_;
  const Events& events_;
  DataConnection data_;
  Arrivals arrivals_{this};
  Descriptor listener_;
  std::string port_command_;
  std::string verb_command_;
  bool is_upload_;
  size_t set_up_ = 0;  // how many commands of those before the first transfer have been sent
  bool leaves_data_ = false;
  bool permitted_ = false;  // 150 has come
  bool data_over_ = false;
  bool completed_ = false;  // 226 has come
  Time begun_ = 0;
};

}  // namespace bench

#endif  // UVFTPD_TESTS_BENCH_TRANSFER_SESSION_H_
