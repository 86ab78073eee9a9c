// A file descriptor that closes itself, and how the load generator ends when something is wrong: at once,
// with a line that says so. A measurement with an error in it is none.
#ifndef UVFTPD_TESTS_BENCH_DESCRIPTOR_H_
#define UVFTPD_TESTS_BENCH_DESCRIPTOR_H_

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

namespace bench {

[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "load: %s\n", what.c_str());
  std::_Exit(1);  // sockets close with the process, nothing else is held
}

[[noreturn]] inline void fail_with_errno(const std::string& what) {
  fail(what + ": " + std::strerror(errno));
}

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_ = -1;
};

}  // namespace bench

#endif  // UVFTPD_TESTS_BENCH_DESCRIPTOR_H_
