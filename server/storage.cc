#include "server/storage.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "protocol/ascii.h"
#include "server/jail.h"
#include "server/listing_source.h"

namespace uvftpd {
namespace {

// Counting the line ends of larger files would keep a worker busy for the sake of a rarely wanted number.
constexpr std::uint64_t kMaxAsciiSize = 64 << 20;

int result(int status) { return status == 0 ? 0 : errno; }

// Regular: 0; a directory: EISDIR; FIFOs, sockets, devices: EINVAL.
int kind_error(mode_t mode) { return S_ISREG(mode) ? 0 : S_ISDIR(mode) ? EISDIR : EINVAL; }

struct Found {
  struct stat status = {};
  int error = 0;
};

Found status_of(const OpenFile& root, const std::string& path) {
  Found found;
  const Descriptor node(open_beneath(root.fd(), path, O_PATH));
  found.error = node.is_open() ? result(::fstat(node.get(), &found.status)) : errno;
  return found;
}

FileResult ascii_size(const OpenFile& root, const std::string& path) {
  const OpenResult opened = open_for_reading(root, path);
  if (opened.error != 0) return {opened.error};
  if (opened.kind == OpenResult::Kind::directory) return {EISDIR};
  if (opened.size > kMaxAsciiSize) return {EOVERFLOW};
  AsciiEncoder encoder;
  FileResult counted;
  std::string chunk;
  for (std::uint64_t offset = 0; offset < opened.size; offset += chunk.size()) {
    chunk.clear();
    const auto count = read_some(opened.file->fd(), offset, 1 << 20, chunk);
    if (count < 0) return {static_cast<int>(-count)};
    if (count == 0) break;
    counted.size += encoder.count(chunk);
  }
  return counted;
}

FileResult regular_status(const OpenFile& root, const std::string& path) {
  const Found found = status_of(root, path);
  const int error = found.error != 0 ? found.error : kind_error(found.status.st_mode);
  return {error, static_cast<std::uint64_t>(found.status.st_size), found.status.st_mtime, {}};
}

int enter_directory(const OpenFile& root, const std::string& path) {
  const Descriptor directory(open_beneath(root.fd(), path, O_PATH | O_DIRECTORY));
  if (!directory.is_open()) return errno;
  return result(::faccessat(directory.get(), ".", X_OK, AT_EACCESS));
}

int rename_entry(const OpenFile& root, const FileRequest& request) {
  const Leaf from = find_leaf(root, request.path);
  if (from.error != 0) return from.error;
  const Leaf to = find_leaf(root, request.new_path);
  if (to.error != 0) return to.error;
  const unsigned flags = request.existing == Existing::keep ? RENAME_NOREPLACE : 0;
  return result(::renameat2(from.parent.get(), from.name.c_str(), to.parent.get(), to.name.c_str(), flags));
}

}  // namespace

RootResult open_root(const std::string& directory) {
  Descriptor root(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.is_open()) return {nullptr, errno};
  auto shared = std::make_shared<OpenFile>(std::move(root));
  // Without openat2 (an old kernel, RestrictSUIDSGID= in the unit) there is no jail: better no service.
  const Descriptor probe(open_beneath(shared->fd(), "/", O_PATH | O_DIRECTORY));
  if (!probe.is_open()) return {nullptr, errno};
  return {std::move(shared), 0};
}

FileResult run_file_request(const OpenFile& root, const FileRequest& request) {
  using enum FileRequest::Kind;
  switch (request.kind) {
    case enter_directory:
      return {uvftpd::enter_directory(root, request.path)};
    case size:
    case modification_time:
      return regular_status(root, request.path);
    case ascii_size:
      return uvftpd::ascii_size(root, request.path);
    case rename:
      return {rename_entry(root, request)};
    case listing:
      return list_for_status(root, request.path);
    default:
      break;
  }
  const Leaf leaf = find_leaf(root, request.path);
  if (leaf.error != 0) return {leaf.error};
  const int parent = leaf.parent.get();
  switch (request.kind) {
    case make_directory:
      return {result(::mkdirat(parent, leaf.name.c_str(), 0777))};
    case remove_directory:
      return {result(::unlinkat(parent, leaf.name.c_str(), AT_REMOVEDIR))};
    case remove_file:
      return {result(::unlinkat(parent, leaf.name.c_str(), 0))};
    default: {
      struct stat ignored;
      return {result(::fstatat(parent, leaf.name.c_str(), &ignored, AT_SYMLINK_NOFOLLOW))};
    }
  }
}

OpenResult open_for_reading(const OpenFile& root, const std::string& path) {
  // Opening a device may already do something: look first, without side effects, then open and look again.
  const Found before = status_of(root, path);
  if (before.error != 0) return {nullptr, 0, before.error};
  if (kind_error(before.status.st_mode) == EINVAL) return {nullptr, 0, EINVAL};
  Descriptor opened(open_beneath(root.fd(), path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!opened.is_open() || ::fstat(opened.get(), &status) != 0) return {nullptr, 0, errno};
  const int kind = kind_error(status.st_mode);
  if (kind == EINVAL) return {nullptr, 0, EINVAL};
  return {std::make_shared<OpenFile>(std::move(opened)), static_cast<std::uint64_t>(status.st_size), 0,
          kind == EISDIR ? OpenResult::Kind::directory : OpenResult::Kind::regular};
}

// ---- the page cache, reading and writing ----

bool is_cached(int fd, std::uint64_t offset, std::size_t count) {
  char byte = 0;
  iovec one{&byte, 1};
  for (const std::uint64_t at : {offset, offset + count - 1}) {
    if (::preadv2(fd, &one, 1, static_cast<off_t>(at), RWF_NOWAIT) < 0) return false;
    if (count <= 4096) break;
  }
  return true;
}

void read_ahead(int fd, std::uint64_t offset, std::size_t count) {
  std::array<char, 64 * 1024> nowhere;
  for (const std::uint64_t end = offset + count; offset < end;) {
    const auto got = ::pread(fd, nowhere.data(), std::min<std::uint64_t>(nowhere.size(), end - offset),
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
    got = ::pread(fd, out.data() + before, count, static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  const int error = errno;
  out.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return got < 0 ? -error : got;
}

int write_all(int fd, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const auto count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count < 0 ? errno : EIO;
    offset += static_cast<std::uint64_t>(count);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

}  // namespace uvftpd
