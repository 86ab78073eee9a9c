// The part of storage that receives files: temporary names, and how an upload ends.
#include <fcntl.h>

#include <array>
#include <bit>
#include <span>

#include "protocol/ascii.h"
#include "server/file_calls.h"
#include "server/hexadecimal.h"
#include "server/jail.h"
#include "server/random.h"
#include "server/storage.h"

namespace uvftpd {
namespace {

constexpr unsigned kFileMode = 0666;  // less the umask

std::string with_random_digits(const std::string& name, std::size_t bytes) {
  const auto random = std::bit_cast<std::array<unsigned char, 8>>(random_number());
  return name + hexadecimal(std::span(random).first(bytes));
}

// Short enough for a directory that allows only short names, hidden from a plain `ls`.
std::string temporary_name() { return with_random_digits(".uvftpd-", 8); }

// What a renaming in memory replaces is freed at once: as large as it was when the upload began.
constexpr std::uint64_t kQuicklyFreed = 1 << 20;

struct Target {
  mode_t mode = kFileMode;
  int error = 0;
  std::uint64_t size = 0;
};

// May a new file take this name? What is there keeps its mode. A link that may lead anywhere has to be looked
// up completely.
Target examine_target(const OpenFile& root, const Leaf& leaf, const TransferRequest& request, Lookup lookup) {
  const Descriptor node(open_entry(leaf.parent.get(), leaf.name));
  if (!node.is_open() && errno == ENOENT) return {};
  if (!node.is_open()) return {0, errno == EXDEV ? EISDIR : errno};
  struct stat status {};
  if (file_calls::fstat(node.get(), status) != 0) return {0, errno};
  if (S_ISDIR(status.st_mode)) return {0, EISDIR};
  if (!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode)) return {0, EINVAL};
  if (request.existing == Existing::keep) return {0, EEXIST};
  // A symbolic link is replaced, not written through; but not one that stands for a directory or a device.
  if (S_ISLNK(status.st_mode) && lookup == Lookup::remembered) return {0, EAGAIN};
  if (S_ISLNK(status.st_mode)) {
    const Found target = look_at(root, request.path);
    return {kFileMode, target.error == 0 ? kind_error(target.status.st_mode) : 0};
  }
  // A rename would replace a file that is write-protected; whoever protected it did not mean that.
  if (file_calls::faccessat(node.get(), "", W_OK, AT_EACCESS | AT_EMPTY_PATH) != 0) return {0, errno};
  constexpr std::uint64_t kBlock = 512;
  return {status.st_mode & 0777, 0, static_cast<std::uint64_t>(status.st_blocks) * kBlock};
}

UploadResult open_anew(const OpenFile& root, const TransferRequest& request, Lookup lookup) {
  // A journal may wait.
  if (lookup == Lookup::remembered && root.medium != Medium::memory) return {nullptr, EAGAIN};
  Leaf leaf = find_leaf(root, request.path, lookup);
  if (leaf.error != 0) return {nullptr, leaf.error};
  const Target target = examine_target(root, leaf, request, lookup);
  if (target.error != 0) return {nullptr, target.error};
  const int parent = leaf.parent.get();
  const std::string temporary = temporary_name();
  Descriptor opened(create_beneath(parent, temporary, O_WRONLY | O_EXCL | O_NOFOLLOW, target.mode));
  if (!opened.is_open()) return {nullptr, errno};
  Upload::Place place{.parent = std::move(leaf.parent),
                      .temporary = temporary,
                      .name = std::move(leaf.name),
                      .existing = request.existing,
                      .medium = lookup == Lookup::remembered ? root.medium : medium_of(parent),
                      .replaced = target.size};
  return {std::make_unique<Upload>(std::make_shared<OpenFile>(std::move(opened)), std::move(place), 0), 0};
}

// The beginning of the name is given, the rest is random: nobody has it yet, and RENAME_NOREPLACE sees to it
// that nobody loses it.
UploadResult open_unique(const OpenFile& root, TransferRequest request, Lookup lookup) {
  request.path = with_random_digits(request.path + ".", 4);
  request.existing = Existing::keep;
  UploadResult opened = open_anew(root, request, lookup);
  opened.unique_path = request.path;
  return opened;
}

// The stored offset that `transfer_offset` bytes of TYPE A come to; beyond the end: ESPIPE.
std::ptrdiff_t stored_offset(int fd, std::uint64_t transfer_offset) {
  if (transfer_offset > kMaxAsciiSize) return -EOVERFLOW;
  AsciiEncoder encoder;
  std::string chunk;
  std::uint64_t stored = 0, counted = 0;
  for (;;) {
    chunk.clear();
    const auto count = read_some(fd, stored, 64 * 1024, chunk);
    if (count < 0) return count;
    AsciiEncoder behind = encoder;
    if (const auto size = behind.count(chunk); counted + size < transfer_offset) {
      counted += size;
      stored += chunk.size();
      encoder = behind;
      chunk.clear();
    }
    for (const char& byte : chunk) {
      if (counted >= transfer_offset) return static_cast<std::ptrdiff_t>(stored);
      counted += encoder.count({&byte, 1});
      ++stored;
    }
    if (count == 0) return counted == transfer_offset ? static_cast<std::ptrdiff_t>(stored) : -ESPIPE;
  }
}

UploadResult open_in_place(const OpenFile& root, const TransferRequest& request) {
  const bool is_append = request.kind == TransferRequest::Kind::append;
  if (request.existing == Existing::keep && !is_append) return {nullptr, EEXIST};
  const Found found = look_at(root, request.path);
  const bool may_be_made = is_append && request.missing == Missing::create;
  if (found.error != 0 && (found.error != ENOENT || !may_be_made)) return {nullptr, found.error};
  if (const int error = found.error == 0 ? kind_error(found.status.st_mode) : 0; error != 0)
    return {nullptr, error};
  const bool reads_back = request.type == Type::ascii && !is_append;
  const int flags = (reads_back ? O_RDWR : O_WRONLY) | O_NONBLOCK | O_NOCTTY;
  Descriptor opened(may_be_made ? create_beneath(root.fd(), request.path, flags, kFileMode)
                                : open_beneath(root.fd(), request.path, flags));
  struct stat status {};
  if (!opened.is_open() || file_calls::fstat(opened.get(), status) != 0) return {nullptr, errno};
  if (!S_ISREG(status.st_mode)) return {nullptr, EINVAL};
  auto offset = static_cast<std::ptrdiff_t>(is_append ? status.st_size : static_cast<off_t>(request.offset));
  if (reads_back) offset = stored_offset(opened.get(), request.offset);
  if (offset < 0) return {nullptr, static_cast<int>(-offset)};
  if (offset > status.st_size) return {nullptr, ESPIPE};
  Upload::Place place{};
  if (request.last_byte) place.tail = Upload::Place::Tail::kept;
  return {std::make_unique<Upload>(std::make_shared<OpenFile>(std::move(opened)), std::move(place),
                                   static_cast<std::uint64_t>(offset)),
          0};
}

}  // namespace

UploadResult open_for_writing(const OpenFile& root, const TransferRequest& request, Lookup lookup) {
  if (request.kind == TransferRequest::Kind::store_unique) return open_unique(root, request, lookup);
  const bool is_plain =
      request.kind == TransferRequest::Kind::store && request.offset == 0 && !request.last_byte;
  if (is_plain) return open_anew(root, request, lookup);
  if (lookup == Lookup::remembered) return {nullptr, EAGAIN};
  // A range from the beginning of a file that is not there makes one.
  const bool is_new = request.kind == TransferRequest::Kind::store && request.offset == 0 &&
                      look_at(root, request.path).error == ENOENT;
  return is_new ? open_anew(root, request, lookup) : open_in_place(root, request);
}

Upload::Upload(SharedFile file, Place place, std::uint64_t offset)
    : file_(std::move(file)), place_(std::move(place)), offset_(offset) {}

Upload::~Upload() {
  if (state_ == State::open) give_up();
}

bool Upload::may_wait() const { return place_.medium != Medium::memory || place_.replaced > kQuicklyFreed; }

int Upload::commit(std::uint64_t end) {
  // A file that was gone on with ends where its new content ends.
  const bool is_cut = place_.temporary.empty() && place_.tail == Place::Tail::cut;
  if (is_cut && file_calls::ftruncate(file_->fd(), static_cast<off_t>(end)) != 0) return errno;
  if (file_calls::close(file_->descriptor.release()) != 0) return errno;
  if (!place_.temporary.empty()) {
    const unsigned flags = place_.existing == Existing::keep ? RENAME_NOREPLACE : 0;
    const int parent = place_.parent.get();
    if (file_calls::renameat2(parent, place_.temporary.c_str(), parent, place_.name.c_str(), flags) != 0)
      return errno;
  }
  state_ = State::settled;
  return 0;
}

void Upload::give_up() {
  state_ = State::settled;
  if (place_.temporary.empty()) return;
  const int parent = place_.parent.get();
  const char* temporary = place_.temporary.c_str();
  struct stat status {};
  const bool has_content =
      file_calls::fstatat(parent, temporary, status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_size > 0;
  if (has_content &&
      file_calls::renameat2(parent, temporary, parent, place_.name.c_str(), RENAME_NOREPLACE) == 0)
    return;
  file_calls::unlinkat(parent, temporary, 0);
}

}  // namespace uvftpd
