// RETR in TYPE I: from the page cache to the socket, in long bursts through a data loop's pipe, what is short
// by sendfile(2), under OpenSSL's TLS through a loop's buffer. What is not cached is read in by the pool
// first, so that no loop waits for a disk.
#pragma once

#include "server/storage.h"
#include "server/transfer.h"

namespace uvftpd {

class SendFile final : public Transfer {
 public:
  SendFile(OpenResult opened, std::uint64_t offset, std::uint64_t count)
      : Transfer(std::move(opened.file)), medium_(opened.medium), offset_(offset), end_(offset + count) {}

  void attach(DataStream stream) override;
  Direction direction() const override { return Direction::sending; }
  void use_disk() override;

 private:
  Turn move(const Workspace& workspace) override;
  std::ptrdiff_t send(const Workspace& workspace, std::size_t count);
  std::ptrdiff_t splice_through(SplicePipe& pipe, std::size_t count);
  std::ptrdiff_t send_secured(std::span<char> buffer, std::size_t count);
  void expect_room(std::size_t count, std::size_t taken);
  std::size_t next_count() const;
  bool may_wait_for_disk(std::size_t count);

  Medium medium_;
  std::size_t burst_ = kTurnBytes;     // what the socket is likely to take
  std::size_t step_ = kTurnBytes / 4;  // what is tried beyond that
  std::uint64_t offset_, end_;
  enum class Cache : std::uint8_t { unknown, just_read } cache_ = Cache::unknown;
};

}  // namespace uvftpd
