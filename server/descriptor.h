// Ownership of file descriptors.
#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "server/medium.h"

namespace uvftpd {

// Closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }  // whose errors matter closes it himself
  void close() {
    if (fd_ >= 0) ::close(release());
  }

 private:
  int fd_ = -1;
};

// An open file or directory: shared by its transfer, the transfer's job on the pool and the session that asks
// how far it has come, so that the descriptor cannot be closed and reused under any of them.
struct OpenFile {
  explicit OpenFile(Descriptor opened) : descriptor(std::move(opened)) {}
  int fd() const { return descriptor.get(); }

  Descriptor descriptor;
  Medium medium = Medium::elsewhere;           // of an account's root
  std::atomic<std::uint64_t> transferred = 0;  // bytes moved to or from the data connection so far
};
using SharedFile = std::shared_ptr<OpenFile>;

}  // namespace uvftpd
