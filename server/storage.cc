#include "server/storage.h"

#include <fcntl.h>

#include <algorithm>
#include <array>

#include "server/file_calls.h"
#include "server/jail.h"

namespace uvftpd {

RootResult open_root(const std::string& directory) {
  Descriptor root(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.is_open()) return {nullptr, errno};
  auto shared = std::make_shared<OpenFile>(std::move(root));
  // Without openat2 (an old kernel, RestrictSUIDSGID= in the unit) there is no jail: better no service.
  const Descriptor probe(open_beneath(shared->fd(), "/", O_PATH | O_DIRECTORY));
  if (!probe.is_open()) return {nullptr, errno};
  if (file_calls::faccessat(probe.get(), ".", R_OK | X_OK, AT_EACCESS) != 0) return {nullptr, errno};
  shared->medium = medium_of(shared->fd());
  return {std::move(shared), 0};
}

OpenResult open_for_reading(const OpenFile& root, const std::string& path, Lookup lookup) {
  // Who else serves files may be asked by each call, and may not answer.
  if (lookup == Lookup::remembered && root.medium == Medium::elsewhere) return {nullptr, 0, EAGAIN};
  const auto open = [&](int flags) { return Descriptor(open_beneath(root.fd(), path, flags, lookup)); };
  // Opening a device may already do something: look first, without side effects, then open and look again.
  const Descriptor node = open(O_PATH);
  if (!node.is_open()) return {nullptr, 0, errno};
  struct stat status {};
  if (file_calls::fstat(node.get(), status) != 0) return {nullptr, 0, errno};
  if (kind_error(status.st_mode) == EINVAL) return {nullptr, 0, EINVAL};
  Descriptor opened = open(O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!opened.is_open() || file_calls::fstat(opened.get(), status) != 0) return {nullptr, 0, errno};
  const int kind = kind_error(status.st_mode);
  if (kind == EINVAL) return {nullptr, 0, EINVAL};
  const Medium medium = lookup == Lookup::remembered ? root.medium : medium_of(opened.get());
  return {std::make_shared<OpenFile>(std::move(opened)), static_cast<std::uint64_t>(status.st_size), 0,
          kind == EISDIR ? OpenResult::Kind::directory : OpenResult::Kind::regular, medium};
}

// ---- the page cache, reading and writing ----

bool is_cached(int fd, std::uint64_t offset, std::size_t count) {
  constexpr std::size_t kPage = 4096;
  char byte = 0;
  iovec one{&byte, 1};
  for (const std::uint64_t at : {offset, offset + count - 1}) {
    if (file_calls::preadv2(fd, &one, 1, static_cast<off_t>(at), RWF_NOWAIT) < 0) return false;
    if (count <= kPage) break;
  }
  return true;
}

void read_ahead(int fd, std::uint64_t offset, std::size_t count) {
  std::array<char, 64 * 1024> nowhere;
  for (const std::uint64_t end = offset + count; offset < end;) {
    const auto got =
        file_calls::pread(fd, nowhere.data(), std::min<std::uint64_t>(nowhere.size(), end - offset),
                          static_cast<off_t>(offset));
    if (got <= 0) return;
    offset += static_cast<std::uint64_t>(got);
  }
}

std::ptrdiff_t read_some(int fd, std::uint64_t offset, std::size_t count, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + count);
  ssize_t got = 0;
  do {
    got = file_calls::pread(fd, out.data() + before, count, static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  const int error = errno;
  out.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return got < 0 ? -error : got;
}

int write_all(int fd, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const auto count = file_calls::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 ? errno : EIO;
    offset += static_cast<std::uint64_t>(count);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

}  // namespace uvftpd
