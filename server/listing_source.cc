#include "server/listing_source.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>

#include "protocol/listing.h"
#include "protocol/pattern.h"
#include "server/jail.h"
#include "server/owner_names.h"
#include "server/storage.h"

namespace uvftpd {
namespace {

// On the control connection a listing cannot wait for the client as on a data connection.
constexpr std::size_t kMaxStatusListing = 128 * 1024;

// One line of LIST, with the owners' names kept from entry to entry.
class LineMaker {
 public:
  LineMaker() : formatter_(std::time(nullptr)) {}

  // `name` is looked up beneath `directory` without following it. An entry that is gone makes no line.
  void append(int directory, const char* name, std::string& out) {
    struct statx found {};
    constexpr unsigned kWanted =
        STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_UID | STATX_GID | STATX_SIZE | STATX_MTIME;
    if (::statx(directory, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, kWanted, &found) != 0) return;
    if (user_.empty() || found.stx_uid != uid_) user_ = user_name(uid_ = found.stx_uid);
    if (group_.empty() || found.stx_gid != gid_) group_ = group_name(gid_ = found.stx_gid);
    std::array<char, 1024> target;
    const auto length =
        S_ISLNK(found.stx_mode) ? ::readlinkat(directory, name, target.data(), target.size()) : 0;
    formatter_.append({.name = name,
                       .owner = user_,
                       .group = group_,
                       .link_target = {target.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))},
                       .mode = found.stx_mode,
                       .links = found.stx_nlink,
                       .size = found.stx_size,
                       .modified = found.stx_mtime.tv_sec},
                      out);
  }

 private:
  ListFormatter formatter_;
  uid_t uid_ = 0;
  gid_t gid_ = 0;
  std::string user_, group_;
};

class DirectorySource final : public BatchSource {
 public:
  DirectorySource(int fd, TransferRequest::Kind kind, std::string prefix, std::string pattern)
      : fd_(fd), kind_(kind), prefix_(std::move(prefix)), pattern_(std::move(pattern)) {}

  Made append_batch(std::string& out) override {
    while (out.size() < kBatchBytes) {
      const auto count = ::syscall(SYS_getdents64, fd_, entries_.data(), entries_.size());
      // A directory that is removed meanwhile has no more entries: ENOENT.
      if (count < 0) return {More::none, errno == ENOENT ? 0 : errno};
      if (count == 0) return {More::none};
      for (long at = 0; at < count;) at += append_entry(entries_.data() + at, out);
    }
    return {More::maybe};
  }

 private:
  // Layout of struct linux_dirent64: the record's length is at 16, its name at 19.
  long append_entry(const char* entry, std::string& out) {
    std::uint16_t length = 0;
    std::memcpy(&length, entry + 16, sizeof length);
    const char* name = entry + 19;
    if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) return length;
    if (!pattern_.empty() && !matches_pattern(pattern_, name)) return length;
    if (kind_ == TransferRequest::Kind::name_list)
      append_name_line(prefix_, name, out);
    else
      lines_.append(fd_, name, out);
    return length;
  }

  int fd_;  // the transfer's directory
  TransferRequest::Kind kind_;
  std::string prefix_;   // before each name
  std::string pattern_;  // empty: everything
  LineMaker lines_;
  std::array<char, 32 * 1024> entries_;
};

// The line of a path that is no directory.
class OneLineSource final : public BatchSource {
 public:
  explicit OneLineSource(std::string line) : line_(std::move(line)) {}
  Made append_batch(std::string& out) override {
    out += line_;
    return {More::none};
  }

 private:
  std::string line_;
};

Descriptor open_directory(const OpenFile& root, const std::string& path) {
  return Descriptor(open_beneath(root.fd(), path, O_RDONLY | O_DIRECTORY | O_NONBLOCK));
}

OpenedListing open_one_line(const OpenFile& root, const TransferRequest& request) {
  Leaf leaf = find_leaf(root, request.path);
  if (leaf.error != 0) return {nullptr, nullptr, leaf.error};
  std::string line;
  if (request.kind == TransferRequest::Kind::list)
    LineMaker().append(leaf.parent.get(), leaf.name.c_str(), line);
  else
    append_name_line("", request.name_prefix, line);
  return {std::make_shared<OpenFile>(std::move(leaf.parent)), std::make_unique<OneLineSource>(line), 0};
}

}  // namespace

OpenedListing open_listing(const OpenFile& root, const TransferRequest& request) {
  const auto make = [&request](Descriptor directory, std::string prefix,
                               std::string pattern) -> OpenedListing {
    auto file = std::make_shared<OpenFile>(std::move(directory));
    const int fd = file->fd();
    return {std::move(file),
            std::make_unique<DirectorySource>(fd, request.kind, std::move(prefix), std::move(pattern)), 0};
  };
  Descriptor directory = open_directory(root, request.path);
  if (directory.is_open()) {
    const bool needs_slash = !request.name_prefix.empty() && !request.name_prefix.ends_with('/');
    return make(std::move(directory), request.name_prefix + (needs_slash ? "/" : ""), {});
  }
  const int error = errno;
  const auto slash = request.path.rfind('/');
  const std::string name = request.path.substr(slash + 1);
  // What exists is a name before it is a pattern; and only the last component may be one.
  if (error == ENOENT && has_wildcard(name)) {
    directory = open_directory(root, request.path.substr(0, std::max<std::size_t>(slash, 1)));
    if (!directory.is_open()) return {nullptr, nullptr, errno};
    return make(std::move(directory), request.name_prefix.substr(0, request.name_prefix.rfind('/') + 1),
                name);
  }
  if (error != ENOTDIR) return {nullptr, nullptr, error};
  return open_one_line(root, request);
}

FileResult list_for_status(const OpenFile& root, const std::string& path) {
  const OpenedListing listing = open_listing(root, {.kind = TransferRequest::Kind::list, .path = path});
  if (listing.error != 0) return {listing.error};
  FileResult result;
  BatchSource::Made made{BatchSource::More::maybe};
  while (made.more == BatchSource::More::maybe && made.error == 0) {
    made = listing.source->append_batch(result.listing);
    if (result.listing.size() > kMaxStatusListing) return {EFBIG};
  }
  return made.error == 0 ? result : FileResult{made.error};
}

}  // namespace uvftpd
