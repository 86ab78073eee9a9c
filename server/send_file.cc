#include "server/send_file.h"

#include <algorithm>

#include "server/file_calls.h"
#include "server/socket.h"

namespace uvftpd {

void SendFile::attach(DataStream stream) {
  Transfer::attach(std::move(stream));
  if (!stream_.is_clear()) return;
  if (end_ - offset_ > kTurnBytes)
    prepare_bulk_sending(stream_.fd());
  else
    prepare_small_sending(stream_.fd());
}

std::size_t SendFile::next_count() const {
  return static_cast<std::size_t>(std::min<std::uint64_t>(piece(), end_ - offset_));
}

bool SendFile::may_wait_for_disk(std::size_t count) {
  if (std::exchange(cache_, Cache::unknown) == Cache::just_read || medium_ == Medium::memory) return false;
  return !is_cached(file_->fd(), offset_, count);
}

// Bytes that left, or are encrypted and as good as left; -errno.
std::ptrdiff_t SendFile::send(const Workspace& workspace, std::size_t count) {
  if (stream_.is_clear()) {
    auto offset = static_cast<off_t>(offset_);
    const auto sent = file_calls::sendfile(stream_.fd(), file_->fd(), offset, count);
    return sent < 0 ? -errno : sent;
  }
  if (const auto unsent = stream_.flush(); unsent != 0) return unsent;
  const auto buffer = workspace.buffer.first(std::min(count, workspace.buffer.size()));
  const auto read = file_calls::pread(file_->fd(), buffer.data(), buffer.size(), static_cast<off_t>(offset_));
  if (read <= 0) return read < 0 ? -errno : 0;
  return stream_.send({buffer.data(), static_cast<std::size_t>(read)});
}

Transfer::Turn SendFile::move(const Workspace& workspace) {
  const std::size_t count = next_count();
  if (count == 0) return Turn::complete;
  if (may_wait_for_disk(count)) return Turn::needs_disk;

  const auto sent = send(workspace, count);
  if (sent == -EAGAIN || sent == -EINTR) {
    cache_ = Cache::just_read;  // the probe need not be repeated for the same bytes
    return Turn::wait_socket;
  }
  if (sent < 0) return fail(static_cast<int>(-sent));
  if (sent == 0) return fail_file(EIO);  // the file has become shorter than was announced
  offset_ += static_cast<std::uint64_t>(sent);
  this->count(static_cast<std::uint64_t>(sent));
  if (offset_ == end_) return Turn::complete;
  return static_cast<std::size_t>(sent) < count ? Turn::wait_socket : Turn::moved;
}

void SendFile::use_disk() {
  read_ahead(file_->fd(), offset_, next_count());
  cache_ = Cache::just_read;
}

}  // namespace uvftpd
