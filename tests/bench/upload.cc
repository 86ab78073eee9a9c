#include "tests/bench/upload.h"

#include <sys/mman.h>

#include <algorithm>
#include <string>

namespace bench {

Upload::Upload(uint64_t size) : file_(::memfd_create("upload", MFD_CLOEXEC)), size_(size) {
  if (!file_.is_open()) fail_with_errno("memfd_create");
  if (size_ == 0) return;
  fill();
  map();
}

Upload::~Upload() {
  if (bytes_ != nullptr) ::munmap(const_cast<char*>(bytes_), size_);
}

void Upload::fill() const {
  std::string block(1 << 20, '\0');
  uint32_t state = 1;
  for (char& octet : block) octet = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  for (size_t written = 0; written < size_;) {
    ssize_t count = ::write(file_.number(), block.data(), std::min(block.size(), size_ - written));
    if (count <= 0) fail_with_errno("filling the upload");
    written += static_cast<size_t>(count);
  }
}

// At once: a page that is missing later would be counted as TLS's time.
void Upload::map() {
  void* address = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED | MAP_POPULATE, file_.number(), 0);
  if (address == MAP_FAILED) fail_with_errno("mapping the upload");
  bytes_ = static_cast<const char*>(address);
}

}  // namespace bench
