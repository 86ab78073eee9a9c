// A data connection of the client's. What comes is discarded in the kernel, what goes is sent from a file by
// the kernel: no byte is touched here. It must not know which verb it serves.
#ifndef UVFTPD_TESTS_BENCH_DATA_CONNECTION_H_
#define UVFTPD_TESTS_BENCH_DATA_CONNECTION_H_

#include <cstdint>
#include <functional>

#include "tests/bench/clock.h"
#include "tests/bench/poller.h"

namespace bench {

class DataConnection final : public Watcher {
 public:
  // `ended` is called once for each connection: all has come, or all has gone.
  DataConnection(Poller& poller, std::function<void()> ended) : poller_(poller), ended_(std::move(ended)) {}

  void adopt(Descriptor socket);
  void receive();
  void send(const Descriptor& file, uint64_t size);
  // What can be had at once, at most `size`; for a reader that is slow on purpose.
  void receive_some(uint64_t size);
  void ready(uint32_t events) override;

  bool is_open() const { return socket_.is_open(); }
  uint64_t moved() const { return moved_; }
  Time first_byte() const { return first_byte_; }

 private:
  bool receive_once();
  void send_more();
  void wait_for(uint32_t events);
  void end();

  Poller& poller_;
  std::function<void()> ended_;
  Descriptor socket_;
  bool watched_ = false;
  int file_ = -1;
  uint64_t size_ = 0;
  uint64_t moved_ = 0;
  Time first_byte_ = 0;
};

}  // namespace bench

#endif  // UVFTPD_TESTS_BENCH_DATA_CONNECTION_H_
