#include "server/jail.h"

#include <fcntl.h>

#include "server/file_calls.h"

namespace uvftpd {
namespace {

open_how how_to_open(int flags, unsigned mode, std::uint64_t resolve) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.mode = mode;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve;
  return how;
}

}  // namespace

int open_beneath(int directory, const std::string& path, int flags, unsigned mode) {
  // The kernel gives EAGAIN when something was renamed while it resolved a `..` of a symbolic link's.
  constexpr int kTries = 8;
  const open_how how = how_to_open(flags, mode, 0);
  int fd = -1;
  for (int i = 0; i < kTries; ++i) {
    fd = file_calls::openat2(directory, path.c_str(), how);
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) break;
  }
  return fd;
}

int open_remembered(int directory, const std::string& path, int flags) {
  return file_calls::openat2(directory, path.c_str(), how_to_open(flags, 0, RESOLVE_CACHED));
}

Leaf find_leaf(const OpenFile& root, const std::string& path) {
  const auto slash = path.rfind('/');
  std::string name = path.substr(slash + 1);
  if (name.empty()) return {{}, {}, EPERM};
  const std::string directory = slash == 0 ? "/" : path.substr(0, slash);
  Descriptor parent(open_beneath(root.fd(), directory, O_PATH | O_DIRECTORY));
  if (!parent.is_open()) return {{}, {}, errno};
  return {std::move(parent), std::move(name), 0};
}

Found look_at(const OpenFile& root, const std::string& path) {
  Found found;
  const Descriptor node(open_beneath(root.fd(), path, O_PATH));
  found.error = node.is_open() && file_calls::fstat(node.get(), found.status) == 0 ? 0 : errno;
  return found;
}

int kind_error(mode_t mode) { return S_ISREG(mode) ? 0 : S_ISDIR(mode) ? EISDIR : EINVAL; }

}  // namespace uvftpd
