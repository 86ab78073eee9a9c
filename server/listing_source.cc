#include "server/listing_source.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>

#include "protocol/pattern.h"
#include "server/directory_source.h"
#include "server/entry_writer.h"
#include "server/jail.h"

namespace uvftpd {
namespace {

// On the control connection a listing cannot wait for the client as on a data connection, and one job makes
// it.
constexpr std::size_t kMaxStatusListing = 128 * 1024;
constexpr int kMaxStatusBatches = 100;

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

// `path` is the virtual one of `directory`.
OpenedListing list_directory(Descriptor directory, const SharedFile& root, const TransferRequest& request,
                             const std::string& prefix, const std::string& path, std::string pattern) {
  auto file = std::make_shared<OpenFile>(std::move(directory));
  auto writer = make_entry_writer(root, request, prefix, path);
  // A name without a look at its entry is written faster than another thread is woken.
  const bool is_worth_two = request.kind != TransferRequest::Kind::name_list && pattern.empty();
  auto second = is_worth_two ? make_entry_writer(root, request, prefix, path) : nullptr;
  auto source =
      std::make_unique<DirectorySource>(file->fd(), std::move(writer), std::move(second), std::move(pattern));
  return {std::move(file), std::move(source), 0};
}

}  // namespace

OpenedListing open_listing(const SharedFile& root, const TransferRequest& request) {
  Descriptor directory = open_directory(*root, request.path);
  if (directory.is_open()) {
    const bool needs_slash = !request.name_prefix.empty() && !request.name_prefix.ends_with('/');
    const std::string prefix = request.name_prefix + (needs_slash ? "/" : "");
    return list_directory(std::move(directory), root, request, prefix, request.path, {});
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
    const std::string prefix = request.name_prefix.substr(0, request.name_prefix.rfind('/') + 1);
    return list_directory(std::move(directory), root, request, prefix, above, name);
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
