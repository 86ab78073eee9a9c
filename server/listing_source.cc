#include "server/listing_source.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "protocol/pattern.h"
#include "server/entry_writer.h"
#include "server/file_calls.h"
#include "server/jail.h"

namespace uvftpd {
namespace {

// On the control connection a listing cannot wait for the client as on a data connection, and one job makes
// it.
constexpr std::size_t kMaxStatusListing = 128 * 1024;
constexpr int kMaxStatusBatches = 100;

// Bytes of entries that are read at one time. A kernel may give its processor to nobody else meanwhile: 80 us
// for the 250 names in these, and the third of a millisecond that 32 KiB take was seen by the other sessions.
// And a pattern of a client's may cost 0.1 ms a name.
constexpr std::size_t kEntries = 8 * 1024;

class DirectorySource final : public BatchSource {
 public:
  DirectorySource(int fd, std::unique_ptr<EntryWriter> writer, std::string pattern)
      : fd_(fd), writer_(std::move(writer)), pattern_(std::move(pattern)) {}

  Made append_batch(std::string& out) override {
    do {
      const auto count = file_calls::getdents64(fd_, entries_.data(), entries_.size());
      // A directory that is removed meanwhile has no more entries: ENOENT.
      if (count < 0) return {More::none, errno == ENOENT ? 0 : errno};
      if (count == 0) return {More::none};
      for (long at = 0; at < count;) at += append_entry(entries_.data() + at, out);
    } while (pattern_.empty() && out.size() < kBatchBytes);
    return {More::maybe};
  }

 private:
  // Layout of struct linux_dirent64: the record's length is at 16, its kind at 18, its name at 19.
  long append_entry(const char* entry, std::string& out) {
    std::uint16_t length = 0;
    std::memcpy(&length, entry + 16, sizeof length);
    const auto kind = static_cast<unsigned char>(entry[18]);
    const char* name = entry + 19;
    if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) return length;
    if (pattern_.empty() || matches_pattern(pattern_, name)) writer_->append(fd_, name, kind, out);
    return length;
  }

  int fd_;  // the transfer's directory
  std::unique_ptr<EntryWriter> writer_;
  std::string pattern_;  // empty: everything
  std::array<char, kEntries> entries_;
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

OpenedListing open_one_line(const SharedFile& root, const TransferRequest& request) {
  Leaf leaf = find_leaf(*root, request.path);
  if (leaf.error != 0) return {nullptr, nullptr, leaf.error};
  // NLST's argument is the name as RETR takes it from here.
  const bool is_name = request.kind == TransferRequest::Kind::name_list;
  const std::string name = is_name ? request.name_prefix : leaf.name;
  std::string line;
  make_entry_writer(root, request, {}, {})->append(leaf.parent.get(), name.c_str(), DT_UNKNOWN, line);
  return {std::make_shared<OpenFile>(std::move(leaf.parent)), std::make_unique<OneLineSource>(line), 0};
}

OpenedListing make_listing(Descriptor directory, std::unique_ptr<EntryWriter> writer, std::string pattern) {
  auto file = std::make_shared<OpenFile>(std::move(directory));
  const int fd = file->fd();
  return {std::move(file), std::make_unique<DirectorySource>(fd, std::move(writer), std::move(pattern)), 0};
}

}  // namespace

OpenedListing open_listing(const SharedFile& root, const TransferRequest& request) {
  Descriptor directory = open_directory(*root, request.path);
  if (directory.is_open()) {
    const bool needs_slash = !request.name_prefix.empty() && !request.name_prefix.ends_with('/');
    std::string prefix = request.name_prefix + (needs_slash ? "/" : "");
    return make_listing(std::move(directory),
                        make_entry_writer(root, request, std::move(prefix), request.path), {});
  }
  const int error = errno;
  const bool is_strict = request.kind == TransferRequest::Kind::fact_list;
  const auto slash = request.path.rfind('/');
  const std::string name = request.path.substr(slash + 1);
  // What exists is a name before it is a pattern; and only the last component may be one.
  if (error == ENOENT && !is_strict && has_wildcard(name)) {
    const std::string above = request.path.substr(0, std::max<std::size_t>(slash, 1));
    directory = open_directory(*root, above);
    if (!directory.is_open()) return {nullptr, nullptr, errno};
    std::string prefix = request.name_prefix.substr(0, request.name_prefix.rfind('/') + 1);
    return make_listing(std::move(directory), make_entry_writer(root, request, std::move(prefix), above),
                        name);
  }
  if (error != ENOTDIR || is_strict) return {nullptr, nullptr, error};
  return open_one_line(root, request);
}

FileResult list_for_status(const SharedFile& root, const std::string& path) {
  const OpenedListing listing = open_listing(root, {.kind = TransferRequest::Kind::list, .path = path});
  if (listing.error != 0) return {listing.error};
  FileResult result;
  BatchSource::Made made{BatchSource::More::maybe};
  for (int batches = 0; made.more == BatchSource::More::maybe && made.error == 0; ++batches) {
    made = listing.source->append_batch(result.text);
    if (result.text.size() > kMaxStatusListing || batches == kMaxStatusBatches) return {EFBIG};
  }
  return made.error == 0 ? result : FileResult{made.error};
}

}  // namespace uvftpd
