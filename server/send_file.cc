#include "server/send_file.h"

#include <algorithm>

#include "server/file_calls.h"
#include "server/socket.h"

namespace uvftpd {

void SendFile::attach(Descriptor socket) {
  Transfer::attach(std::move(socket));
  if (end_ - offset_ > kTurnBytes)
    prepare_bulk_sending(socket_.get());
  else
    prepare_small_sending(socket_.get());
}

std::size_t SendFile::next_count() const {
  return static_cast<std::size_t>(std::min<std::uint64_t>(piece(), end_ - offset_));
}

bool SendFile::may_wait_for_disk(std::size_t count) {
  if (std::exchange(cache_, Cache::unknown) == Cache::just_read || medium_ == Medium::memory) return false;
  return !is_cached(file_->fd(), offset_, count);
}

Transfer::Turn SendFile::turn(const Workspace&) {
  const std::size_t count = next_count();
  if (count == 0) return Turn::complete;
  if (may_wait_for_disk(count)) return Turn::needs_disk;

  auto offset = static_cast<off_t>(offset_);
  const auto sent = file_calls::sendfile(socket_.get(), file_->fd(), offset, count);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
    cache_ = Cache::just_read;  // the probe need not be repeated for the same bytes
    return Turn::wait_socket;
  }
  if (sent < 0) return fail(errno);
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
