// RETR in TYPE I: sendfile(2) from the page cache to the socket. What is not cached is read in by the pool
// first, so that no loop waits for a disk.
#pragma once

#include "server/transfer.h"

namespace uvftpd {

class SendFile final : public Transfer {
 public:
  SendFile(SharedFile file, std::uint64_t offset, std::uint64_t count)
      : Transfer(std::move(file)), offset_(offset), end_(offset + count) {}

  void attach(Descriptor socket) override;
  Direction direction() const override { return Direction::sending; }
  Turn turn(const Workspace& workspace) override;
  void use_disk() override;

 private:
  std::size_t next_count() const;

  std::uint64_t offset_, end_;
  enum class Cache : std::uint8_t { unknown, just_read } cache_ = Cache::unknown;
};

}  // namespace uvftpd
