#include "server/jail.h"

#include <fcntl.h>

#include "server/file_calls.h"

namespace uvftpd {
namespace {

int resolve_beneath(int directory, const std::string& path, open_how how) {
  // The kernel gives EAGAIN when something was renamed while it resolved a `..` of a symbolic link's.
  constexpr int kTries = 8;
  how.flags |= O_CLOEXEC;
  how.resolve |= RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const bool is_remembered = (how.resolve & RESOLVE_CACHED) != 0;
  int fd = -1;
  for (int i = 0; i < kTries; ++i) {
    fd = file_calls::openat2(directory, path.c_str(), how);
    if (fd >= 0 || (errno != EINTR && (errno != EAGAIN || is_remembered))) break;
  }
  return fd;
}

}  // namespace

int open_beneath(int directory, const std::string& path, int flags, Lookup lookup) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  if (lookup == Lookup::remembered) how.resolve = RESOLVE_CACHED | RESOLVE_NO_XDEV;
  return resolve_beneath(directory, path, how);
}

int open_entry(int directory, const std::string& name) {
  open_how how{};
  how.flags = O_PATH | O_NOFOLLOW;
  how.resolve = RESOLVE_NO_XDEV;
  return resolve_beneath(directory, name, how);
}

int create_beneath(int directory, const std::string& path, int flags, unsigned mode) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CREAT);
  how.mode = mode;
  return resolve_beneath(directory, path, how);
}

Leaf find_leaf(const OpenFile& root, const std::string& path, Lookup lookup) {
  const auto slash = path.rfind('/');
  std::string name = path.substr(slash + 1);
  if (name.empty()) return {{}, {}, EPERM};
  const std::string directory = slash == 0 ? "/" : path.substr(0, slash);
  Descriptor parent(open_beneath(root.fd(), directory, O_PATH | O_DIRECTORY, lookup));
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
