// What is uploaded: a file in memory, for the kernel to send, and mapped, for TLS. Its bytes differ, in case
// somebody compresses or looks for holes.
#ifndef UVFTPD_TESTS_BENCH_UPLOAD_H_
#define UVFTPD_TESTS_BENCH_UPLOAD_H_

#include <cstddef>
#include <cstdint>

#include "tests/bench/descriptor.h"

namespace bench {

class Upload {
 public:
  explicit Upload(uint64_t size);
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  ~Upload();

  const Descriptor& file() const { return file_; }
  const char* bytes() const { return bytes_; }

 private:
  void fill() const;
  void map();

  Descriptor file_;
  size_t size_;
  const char* bytes_ = nullptr;
};

}  // namespace bench

#endif  // UVFTPD_TESTS_BENCH_UPLOAD_H_
