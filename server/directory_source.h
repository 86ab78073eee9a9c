// The lines of a directory's entries, in its own order. Two threads make them where a look at each entry is
// needed and there are many: who is ready takes the names that come next, and the text of each piece has its
// place.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/entry_writer.h"
#include "server/send_batches.h"

namespace uvftpd {

class DirectorySource final : public BatchSource {
 public:
  // `directory` stays open longer than this. Both writers write the same; the second is for another thread,
  // or null. Without a pattern: every entry.
  DirectorySource(int directory, std::unique_ptr<EntryWriter> writer, std::unique_ptr<EntryWriter> second,
                  std::string pattern);

  Made append_batch(std::string& out) override;

 private:
  // Bytes of entries that are read at one time. A kernel may give its processor to nobody else meanwhile: 80
  // us for the 250 names in these, and the third of a millisecond that 32 KiB take was seen by the other
  // sessions. And a pattern of a client's may cost 0.1 ms a name.
  static constexpr std::size_t kPieceBytes = 8 * 1024;
  static constexpr std::size_t kMostPieces = 32;  // of a batch, should they come to few bytes

  // What one thread has.
  struct Hand {
    explicit Hand(std::unique_ptr<EntryWriter> given) : writer(std::move(given)) {}
    std::unique_ptr<EntryWriter> writer;
    std::array<char, kPieceBytes> entries;
  };
  struct Piece {
    std::string_view entries;
    std::size_t place;  // in the batch
  };

  void work(Hand& hand);
  std::optional<Piece> take(Hand& hand);
  void write(std::string_view entries, EntryWriter& writer, std::string& out);
  void append_entry(const char* entry, EntryWriter& writer, std::string& out) const;

  const int directory_;
  const std::string pattern_;  // empty: everything
  Hand first_;
  std::optional<Hand> second_;
  std::array<std::string, kMostPieces> texts_;  // each written by who took its piece

  std::mutex mutex_;  // of what follows, all of it of one batch
  std::size_t taken_ = 0;
  std::size_t bytes_ = 0;
  Made made_{More::maybe};
};

}  // namespace uvftpd
