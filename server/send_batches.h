// Sending what is made in batches: listings, and RETR in TYPE A. The pool makes a batch when the one before
// has left, so that memory stays constant however long the whole is; and sends it, as long as the client
// takes it at once. The loop does the rest.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "protocol/ascii.h"
#include "server/transfer.h"

namespace uvftpd {

inline constexpr std::size_t kBatchBytes = 64 * 1024;

// Makes the bytes of a transfer, at most 64 KiB and some more a call, and perhaps none: what must be passed
// over takes many calls, so that whoever calls can see to others. Blocks; used on the pool only.
class BatchSource {
 public:
  enum class More : std::uint8_t { maybe, none };
  struct Made {
    More more;
    int error = 0;  // errno
  };
  virtual ~BatchSource() = default;
  virtual Made append_batch(std::string& out) = 0;
};

class SendBatches final : public Transfer {
 public:
  // Blocks: makes the first batch.
  SendBatches(SharedFile file, std::unique_ptr<BatchSource> source);

  Direction direction() const override { return Direction::sending; }
  void use_disk() override;

 private:
  static constexpr std::chrono::milliseconds kLongest{20};  // for which the pool's other work has to wait

  Turn move(const Workspace& workspace) override;
  void make();
  bool has_more() const { return made_.error == 0 && made_.more == BatchSource::More::maybe; }
  std::ptrdiff_t send(std::size_t most);  // 0, or -errno

  std::unique_ptr<BatchSource> source_;
  std::string batch_;
  std::size_t sent_ = 0;
  BatchSource::Made made_{BatchSource::More::maybe};
};

// A stored file as TYPE A sends it, from `offset` of the sent bytes on (RFC 3659, section 5).
class AsciiSource final : public BatchSource {
 public:
  AsciiSource(int fd, std::uint64_t offset) : fd_(fd), to_skip_(offset) {}
  Made append_batch(std::string& out) override;

 private:
  int fd_;  // the transfer's file
  std::uint64_t position_ = 0;
  std::uint64_t to_skip_;
  AsciiEncoder encoder_;
};

}  // namespace uvftpd
