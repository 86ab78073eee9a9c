// A data connection of the client's. What comes is discarded in the kernel, what goes is sent from a file by
// the kernel: no byte is touched here, but for those that TLS touches. It must not know which verb it serves.
#ifndef UVFTPD_TESTS_BENCH_DATA_CONNECTION_H_
#define UVFTPD_TESTS_BENCH_DATA_CONNECTION_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "tests/bench/clock.h"
#include "tests/bench/poller.h"
#include "tests/bench/tls_stream.h"
#include "tests/bench/upload.h"

namespace bench {

class DataConnection final : public Watcher {
 public:
  // `ended` is called once for each connection: all has come, or all has gone.
  DataConnection(Poller& poller, std::function<void()> ended) : poller_(poller), ended_(std::move(ended)) {}

  void adopt(Descriptor socket);
  // Before anything moves; offers the session of the control connection.
  void secure(const TlsStream& control) { tls_.emplace(socket_, control); }
  void receive();
  void send(const Upload& upload, uint64_t size);
  // What can be had at once, at most `size`; for a reader that is slow on purpose.
  void receive_some(uint64_t size);
  void ready(uint32_t events) override;

  bool is_open() const { return socket_.is_open(); }
  uint64_t moved() const { return moved_; }
  Time first_byte() const { return first_byte_; }
  // Of those with TLS, how many continued the session that was offered.
  uint64_t resumed() const { return resumed_; }

 private:
  enum class Work { receive, send, end };

  void work();
  void receive_all();
  bool receive_once();
  ssize_t receive_part();
  void send_more();
  ssize_t send_part();
  void end_sending();
  void wait();
  void end();

  Poller& poller_;
  std::function<void()> ended_;
  Descriptor socket_;
  std::optional<TlsStream> tls_;
  Work work_ = Work::receive;
  uint32_t watched_ = 0;  // the events, 0 before the first wait
  const Upload* upload_ = nullptr;
  uint64_t size_ = 0;
  uint64_t moved_ = 0;
  Time first_byte_ = 0;
  uint64_t resumed_ = 0;
};

}  // namespace bench

#endif  // UVFTPD_TESTS_BENCH_DATA_CONNECTION_H_
