#include "server/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "server/descriptor.h"

namespace uvftpd {
namespace {

constexpr std::size_t kMost = 16 * 1024 * 1024;  // a device such as /dev/zero has no end

}  // namespace

std::optional<std::string> whole_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) return std::nullopt;
  std::string bytes;
  std::array<char, 8192> buffer;
  while (const auto size = ::read(file.get(), buffer.data(), buffer.size())) {
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return std::nullopt;
    bytes.append(buffer.data(), static_cast<std::size_t>(size));
    if (bytes.size() <= kMost) continue;
    errno = EFBIG;
    return std::nullopt;
  }
  return bytes;
}

}  // namespace uvftpd
