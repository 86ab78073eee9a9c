#include "server/directory_source.h"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "protocol/pattern.h"
#include "server/file_calls.h"
#include "server/pool.h"

namespace uvftpd {
namespace {

// Layout of struct linux_dirent64: the record's length is at 16, its kind at 18, its name at 19.
std::size_t length_of(const char* entry) {
  std::uint16_t length = 0;
  std::memcpy(&length, entry + 16, sizeof length);
  return length;
}

}  // namespace

DirectorySource::DirectorySource(int directory, std::unique_ptr<EntryWriter> writer,
                                 std::unique_ptr<EntryWriter> second, std::string pattern)
    : directory_(directory), pattern_(std::move(pattern)), first_(std::move(writer)) {
  if (second) second_.emplace(std::move(second));
}

// Behind the first batch it is worth it to wake another thread.
BatchSource::Made DirectorySource::append_batch(std::string& out) {
  const bool is_long = taken_ > 0;
  taken_ = bytes_ = 0;
  if (!second_ || !is_long) {
    while (const auto piece = take(first_)) write(piece->entries, *first_.writer, out);
    return made_;
  }
  run_both(
      shared_pool(), [this] { work(first_); }, [this] { work(*second_); });
  for (std::size_t i = 0; i < taken_; ++i) out += std::exchange(texts_[i], {});
  return made_;
}

void DirectorySource::work(Hand& hand) {
  while (const auto piece = take(hand)) write(piece->entries, *hand.writer, texts_[piece->place]);
}

// None: the batch is full, or the directory at its end. Where there is a pattern, which may cost much, one
// piece is enough.
std::optional<DirectorySource::Piece> DirectorySource::take(Hand& hand) {
  const std::lock_guard lock(mutex_);
  const std::size_t most = pattern_.empty() ? kMostPieces : 1;
  if (taken_ == most || bytes_ >= kBatchBytes || made_.more == More::none) return std::nullopt;
  const auto count = file_calls::getdents64(directory_, hand.entries.data(), hand.entries.size());
  if (count > 0) return Piece{{hand.entries.data(), static_cast<std::size_t>(count)}, taken_++};
  // A directory that is removed meanwhile has no more entries: ENOENT.
  made_ = {More::none, count == 0 || errno == ENOENT ? 0 : errno};
  return std::nullopt;
}

void DirectorySource::write(std::string_view entries, EntryWriter& writer, std::string& out) {
  const std::size_t before = out.size();
  for (std::size_t at = 0; at < entries.size(); at += length_of(entries.data() + at))
    append_entry(entries.data() + at, writer, out);
  const std::lock_guard lock(mutex_);
  bytes_ += out.size() - before;
}

void DirectorySource::append_entry(const char* entry, EntryWriter& writer, std::string& out) const {
  const auto kind = static_cast<unsigned char>(entry[18]);
  const char* name = entry + 19;
  if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) return;
  if (pattern_.empty() || matches_pattern(pattern_, name)) writer.append(directory_, name, kind, out);
}

}  // namespace uvftpd
