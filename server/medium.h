// Where the bytes of a file are, and so which calls on it may wait.
#pragma once

#include <cstdint>

namespace uvftpd {

enum class Medium : std::uint8_t {
  memory,      // nothing waits
  local_disk,  // what the kernel has in its caches does not wait
  elsewhere,   // every call may wait, for another machine or another program
};
Medium medium_of(int fd);

}  // namespace uvftpd
