#include "server/file_requests.h"

#include <fcntl.h>

#include <cstdio>

#include "server/entry_writer.h"
#include "server/file_calls.h"
#include "server/jail.h"
#include "server/listing_source.h"
#include "server/storage.h"

namespace uvftpd {
namespace {

int result(int status) { return status == 0 ? 0 : errno; }

FileResult regular_status(const OpenFile& root, const std::string& path) {
  const Found found = look_at(root, path);
  const int error = found.error != 0 ? found.error : kind_error(found.status.st_mode);
  return {error, static_cast<std::uint64_t>(found.status.st_size), found.status.st_mtime, {}};
}

int enter_directory(const OpenFile& root, const std::string& path) {
  const Descriptor directory(open_beneath(root.fd(), path, O_PATH | O_DIRECTORY));
  if (!directory.is_open()) return errno;
  return result(file_calls::faccessat(directory.get(), ".", X_OK, AT_EACCESS));
}

// Changes a regular file or a directory; no link, since what it leads to may lie where the session has other
// rights. `change` gets a name that means the entry and nothing else (the calls that change take no
// descriptor of O_PATH), and its status; the result has what became of it.
template <class Change>
FileResult change_entry(const OpenFile& root, const std::string& path, Change change) {
  const Descriptor node(open_beneath(root.fd(), path, O_PATH | O_NOFOLLOW));
  struct stat status {};
  if (!node.is_open() || file_calls::fstat(node.get(), status) != 0) return {errno};
  if (kind_error(status.st_mode) == EINVAL) return {EINVAL};
  const std::string name = "/proc/self/fd/" + std::to_string(node.get());
  if (change(name.c_str(), status) != 0 || file_calls::fstat(node.get(), status) != 0) return {errno};
  return {0, static_cast<std::uint64_t>(status.st_size), status.st_mtime, {}};
}

FileResult set_modification_time(const OpenFile& root, const FileRequest& request) {
  const timespec times[] = {{0, UTIME_OMIT},
                            {request.modified.seconds, static_cast<long>(request.modified.nanoseconds)}};
  return change_entry(root, request.path, [&times](const char* name, const struct stat&) {
    return file_calls::utimensat(name, times);
  });
}

// What the administrator set on a directory besides the access (setgid, sticky) stays.
FileResult set_mode(const OpenFile& root, const FileRequest& request) {
  return change_entry(root, request.path, [&request](const char* name, const struct stat& status) {
    const mode_t kept = S_ISDIR(status.st_mode) ? status.st_mode & 07000 : 0;
    return file_calls::chmod(name, request.mode | kept);
  });
}

FileResult available_space(const OpenFile& root, const std::string& path) {
  const Descriptor directory(open_beneath(root.fd(), path, O_PATH | O_DIRECTORY));
  struct statvfs system {};
  if (!directory.is_open() || file_calls::fstatvfs(directory.get(), system) != 0) return {errno};
  FileResult found;
  found.size = std::uint64_t{system.f_bavail} * system.f_frsize;
  return found;
}

int rename_entry(const OpenFile& root, const FileRequest& request) {
  const Leaf from = find_leaf(root, request.path);
  if (from.error != 0) return from.error;
  const Leaf to = find_leaf(root, request.new_path);
  if (to.error != 0) return to.error;
  const unsigned flags = request.existing == Existing::keep ? RENAME_NOREPLACE : 0;
  return result(
      file_calls::renameat2(from.parent.get(), from.name.c_str(), to.parent.get(), to.name.c_str(), flags));
}

}  // namespace

FileResult run_file_request(const SharedFile& root, const FileRequest& request) {
  using enum FileRequest::Kind;
  switch (request.kind) {
    case enter_directory:
      return {uvftpd::enter_directory(*root, request.path)};
    case size:
    case modification_time:
      return regular_status(*root, request.path);
    case rename:
      return {rename_entry(*root, request)};
    case set_modification_time:
      return uvftpd::set_modification_time(*root, request);
    case set_mode:
      return uvftpd::set_mode(*root, request);
    case available_space:
      return uvftpd::available_space(*root, request.path);
    case listing:
      return list_for_status(root, request.path);
    case facts:
      return facts_about(*root, request.path, request.query);
    default:
      break;
  }
  const Leaf leaf = find_leaf(*root, request.path);
  if (leaf.error != 0) return {leaf.error};
  const int parent = leaf.parent.get();
  switch (request.kind) {
    case make_directory:
      return {result(file_calls::mkdirat(parent, leaf.name.c_str(), 0777))};
    case remove_directory:
      return {result(file_calls::unlinkat(parent, leaf.name.c_str(), AT_REMOVEDIR))};
    case remove_file:
      return {result(file_calls::unlinkat(parent, leaf.name.c_str(), 0))};
    default: {
      struct stat ignored;
      return {result(file_calls::fstatat(parent, leaf.name.c_str(), ignored, AT_SYMLINK_NOFOLLOW))};
    }
  }
}

}  // namespace uvftpd
