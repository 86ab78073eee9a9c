#include "server/send_batches.h"

#include <algorithm>

#include "server/socket.h"
#include "server/storage.h"

namespace uvftpd {

SendBatches::SendBatches(SharedFile file, std::unique_ptr<BatchSource> source)
    : Transfer(std::move(file)), source_(std::move(source)) {
  make();
}

void SendBatches::make() {
  batch_.clear();
  sent_ = 0;
  if (made_.more == BatchSource::More::maybe) made_ = source_->append_batch(batch_);
}

// What the client takes at once leaves from here: to wake the loop for each batch, and then this thread for
// the next one, was a tenth of a list of names.
void SendBatches::use_disk() {
  const auto begun = std::chrono::steady_clock::now();
  make();
  if (pacing_.is_limited()) return;
  while (has_more() && send(batch_.size()) == 0 && std::chrono::steady_clock::now() - begun < kLongest)
    make();
}

std::ptrdiff_t SendBatches::send(std::size_t most) {
  for (std::size_t left = most; left > 0 && sent_ < batch_.size();) {
    const auto count = stream_.send(std::string_view(batch_).substr(sent_, left));
    if (count < 0) return count;
    sent_ += static_cast<std::size_t>(count);
    left -= static_cast<std::size_t>(count);
    this->count(static_cast<std::uint64_t>(count));
  }
  return 0;
}

Transfer::Turn SendBatches::move(const Workspace&) {
  if (made_.error != 0) return fail_file(made_.error);
  const auto fault = send(piece());
  if (fault == -EAGAIN) return Turn::wait_socket;
  if (fault < 0) return fail(static_cast<int>(-fault));
  if (sent_ < batch_.size()) return Turn::moved;
  return has_more() ? Turn::needs_disk : Turn::complete;
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
