// RETR in TYPE I: sendfile(2) from the page cache to the socket. What is not cached is read in by the pool
// first, so that no loop waits for a disk.
#pragma once

#include "server/storage.h"
#include "server/transfer.h"

namespace uvftpd {

class SendFile final : public Transfer {
 public:
  SendFile(OpenResult opened, std::uint64_t offset, std::uint64_t count)
      : Transfer(std::move(opened.file)), medium_(opened.medium), offset_(offset), end_(offset + count) {}

  void attach(Descriptor socket) override;
  Direction direction() const override { return Direction::sending; }
  Turn turn(const Workspace& workspace) override;
  void use_disk() override;

 private:
  std::size_t next_count() const;
  bool may_wait_for_disk(std::size_t count);

  Medium medium_;
  std::uint64_t offset_, end_;
  enum class Cache : std::uint8_t { unknown, just_read } cache_ = Cache::unknown;
};

}  // namespace uvftpd
