// STOR and APPE. On the control loop bytes are only gathered, so that a small upload needs no other thread
// but the one that writes it, and not even that in memory; on a data loop they are spliced into the file, or
// converted and written in TYPE A.
#pragma once

#include <string>

#include "protocol/ascii.h"
#include "server/storage.h"
#include "server/transfer.h"

namespace uvftpd {

class ReceiveFile final : public Transfer {
 public:
  ReceiveFile(std::unique_ptr<Upload> upload, const TransferRequest& request);

  Direction direction() const override { return Direction::receiving; }
  Settling settling() const override;
  int settle(TransferResult::Outcome outcome) override;

 private:
  Turn move(const Workspace& workspace) override;
  Turn gather(const Workspace& workspace);
  Turn splice_through(SplicePipe& pipe);
  Turn receive_and_write(const Workspace& workspace);
  int drain(SplicePipe& pipe, std::size_t count);
  int write_gathered();
  int write(std::string_view bytes);

  std::unique_ptr<Upload> upload_;
  Type type_;
  AsciiDecoder decoder_;
  std::uint64_t offset_;               // in the file
  std::optional<std::uint64_t> room_;  // bytes that a range has left
  std::string gathered_;               // received, not yet written
  std::string converted_;              // TYPE A's room to work in
};

}  // namespace uvftpd
