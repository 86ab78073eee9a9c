#include "server/send_batches.h"

#include <algorithm>

#include "server/socket.h"
#include "server/storage.h"

namespace uvftpd {

SendBatches::SendBatches(SharedFile file, std::unique_ptr<BatchSource> source)
    : Transfer(std::move(file)), source_(std::move(source)) {
  use_disk();
}

void SendBatches::use_disk() {
  batch_.clear();
  sent_ = 0;
  if (made_.more == BatchSource::More::maybe) made_ = source_->append_batch(batch_);
}

Transfer::Turn SendBatches::move(const Workspace&) {
  if (made_.error != 0) return fail_file(made_.error);
  for (std::size_t left = piece(); sent_ < batch_.size();) {
    if (left == 0) return Turn::moved;
    const auto count = stream_.send(std::string_view(batch_).substr(sent_, left));
    if (count == -EAGAIN) return Turn::wait_socket;
    if (count < 0) return fail(static_cast<int>(-count));
    sent_ += static_cast<std::size_t>(count);
    left -= static_cast<std::size_t>(count);
    this->count(static_cast<std::uint64_t>(count));
  }
  return made_.more == BatchSource::More::none ? Turn::complete : Turn::needs_disk;
}

BatchSource::Made AsciiSource::append_batch(std::string& out) {
  std::string chunk;
  const auto count = read_some(fd_, position_, kBatchBytes, chunk);
  if (count < 0) return {More::none, static_cast<int>(-count)};
  // Beyond the end: what an offset that lies there deserves.
  if (count == 0) return {More::none, to_skip_ > 0 ? ESPIPE : 0};
  position_ += static_cast<std::uint64_t>(count);
  const std::size_t before = out.size();
  encoder_.convert(chunk, out);
  const auto skipped = std::min<std::uint64_t>(to_skip_, out.size() - before);
  out.erase(before, static_cast<std::size_t>(skipped));
  to_skip_ -= skipped;
  return {More::maybe};
}

}  // namespace uvftpd
