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

// Of an entry with the longest name: where more than that is left, the kernel had no more of them.
constexpr std::size_t kLongestEntry = 280;

// Layout of struct linux_dirent64: the record's length is at 16, its kind at 18, its name at 19.
std::size_t length_of(const char* entry) {
  std::uint16_t length = 0;
  std::memcpy(&length, entry + 16, sizeof length);
  return length;
}

}  // namespace

DirectorySource::DirectorySource(int directory, std::unique_ptr<EntryWriter> writer,
                                 std::unique_ptr<EntryWriter> second, std::string pattern)
    : directory_(directory), pattern_(std::move(pattern)), first_{std::move(writer), {}} {
  if (second) second_.emplace(std::move(second));
}

// To wake another thread is worth it behind the first batch, and where there is more than one piece.
BatchSource::Made DirectorySource::append_batch(std::string& out) {
  const bool is_long = taken_ > 0;
  taken_ = bytes_ = 0;
  const Piece piece = take(first_);
  const bool is_last = piece.entries.size() + kLongestEntry < kPieceBytes;
  if (!second_ || !is_long || is_last)
    work(piece);
  else
    run_both(
        shared_pool(), [&] { work(piece); }, [&] { help(); });
  for (std::size_t i = 0; i < taken_; ++i) out += texts_[i];
  return made_;
}

// Where there is a pattern, which may cost much, one is enough for a batch.
DirectorySource::Piece DirectorySource::take(Hand& hand) {
  const std::lock_guard lock(mutex_);
  const std::size_t most = pattern_.empty() ? kMostPieces : 1;
  if (taken_ == most || bytes_ >= kBatchBytes || made_.more == More::none) return {{}, nullptr};
  const auto count = file_calls::getdents64(directory_, hand.entries.data(), hand.entries.size());
  if (count <= 0) {
    // A directory that is removed meanwhile has no more entries: ENOENT.
    made_ = {More::none, count == 0 || errno == ENOENT ? 0 : errno};
    return {{}, nullptr};
  }
  std::string& text = texts_[taken_++];
  text.clear();
  return {{hand.entries.data(), static_cast<std::size_t>(count)}, &text};
}

void DirectorySource::work(Piece piece) {
  for (; piece.text; piece = take(first_)) write(piece, *first_.writer);
}

// Who waits for a thread to begin with comes first.
void DirectorySource::help() {
  while (!shared_pool().has_waiting()) {
    const Piece piece = take(*second_);
    if (!piece.text) return;
    write(piece, *second_->writer);
  }
}

void DirectorySource::write(const Piece& piece, EntryWriter& writer) {
  for (std::size_t at = 0; at < piece.entries.size(); at += length_of(piece.entries.data() + at))
    append_entry(piece.entries.data() + at, writer, *piece.text);
  const std::lock_guard lock(mutex_);
  bytes_ += piece.text->size();
}

void DirectorySource::append_entry(const char* entry, EntryWriter& writer, std::string& out) const {
  const auto kind = static_cast<unsigned char>(entry[18]);
  const char* name = entry + 19;
  if (std::strcmp(name, ".") == 0 || std::strcmp(name, "..") == 0) return;
  if (pattern_.empty() || matches_pattern(pattern_, name)) writer.append(directory_, name, kind, out);
}

}  // namespace uvftpd
