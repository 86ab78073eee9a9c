#include "server/send_file.h"

#include <algorithm>

#include "server/file_calls.h"
#include "server/socket.h"

namespace uvftpd {
namespace {

constexpr std::size_t kLeastBurst = 64 * 1024, kMostBurst = 1 << 20;
constexpr std::size_t kLeastStep = 16 * 1024, kMostStep = kMostBurst / 4;

}  // namespace

void SendFile::attach(DataStream stream) {
  Transfer::attach(std::move(stream));
  if (!stream_.is_clear()) return;
  send_in_whole_segments(stream_.fd());
  if (end_ - offset_ > kTurnBytes) send_in_bulk(stream_.fd());
}

std::size_t SendFile::next_count() const {
  return static_cast<std::size_t>(std::min<std::uint64_t>(pacing_.piece(burst_), end_ - offset_));
}

bool SendFile::may_wait_for_disk(std::size_t count) {
  if (std::exchange(cache_, Cache::unknown) == Cache::just_read || medium_ == Medium::memory) return false;
  return !is_cached(file_->fd(), offset_, count);
}

// Bytes that left, or are encrypted and as good as left; -errno.
std::ptrdiff_t SendFile::send(const Workspace& workspace, std::size_t count) {
  if (!stream_.takes_plain()) return send_secured(workspace.buffer, count);
  if (workspace.pipe && count > kLeastBurst && count <= workspace.pipe->capacity())
    return splice_through(*workspace.pipe, count);
  auto offset = static_cast<off_t>(offset_);
  const auto sent = file_calls::sendfile(stream_.fd(), file_->fd(), offset, count);
  return sent < 0 ? -errno : sent;
}

// sendfile(2) is this with a pipe of 64 KiB, and lets the reader run in between: each time it finds little,
// sleeps and is woken again, which costs more than the bytes.
std::ptrdiff_t SendFile::splice_through(SplicePipe& pipe, std::size_t count) {
  const auto filled =
      file_calls::splice_from_file(file_->fd(), static_cast<off_t>(offset_), pipe.writing_end(), count);
  if (filled <= 0) return filled < 0 ? -errno : 0;
  const auto sent = splice_to_socket(pipe.reading_end(), stream_.fd(), static_cast<std::size_t>(filled));
  if (sent < filled) pipe.empty();
  return sent;
}

std::ptrdiff_t SendFile::send_secured(std::span<char> buffer, std::size_t count) {
  if (const auto unsent = stream_.flush(); unsent != 0) return unsent;
  buffer = buffer.first(std::min(count, buffer.size()));
  const auto read = file_calls::pread(file_->fd(), buffer.data(), buffer.size(), static_cast<off_t>(offset_));
  if (read <= 0) return read < 0 ? -errno : 0;
  return stream_.send({buffer.data(), static_cast<std::size_t>(read)});
}

// What the socket took last, and a little more: what is too much is read for nothing. The longer it takes the
// same, the less is tried beyond.
void SendFile::expect_room(std::size_t count, std::size_t taken) {
  if (taken < count) {
    burst_ = taken;
    step_ /= 2;
  } else {
    burst_ += step_;
    step_ += step_ / 8;
  }
  burst_ = std::clamp(burst_, kLeastBurst, kMostBurst);
  step_ = std::clamp(step_, kLeastStep, kMostStep);
}

Transfer::Turn SendFile::move(const Workspace& workspace) {
  const std::size_t count = next_count();
  if (count == 0) return Turn::complete;
  if (may_wait_for_disk(count)) return Turn::needs_disk;

  const auto sent = send(workspace, count);
  const bool is_all = sent == static_cast<std::ptrdiff_t>(count);
  if (sent >= 0) expect_room(count, static_cast<std::size_t>(sent));
  if (sent == -EAGAIN || sent == -EINTR) {
    cache_ = Cache::just_read;  // the probe need not be repeated for the same bytes
    return Turn::wait_socket;
  }
  if (sent < 0) return fail(static_cast<int>(-sent));
  if (sent == 0) return fail_file(EIO);  // the file has become shorter than was announced
  offset_ += static_cast<std::uint64_t>(sent);
  this->count(static_cast<std::uint64_t>(sent));
  if (offset_ == end_) return Turn::complete;
  return is_all ? Turn::moved : Turn::wait_socket;
}

void SendFile::use_disk() {
  read_ahead(file_->fd(), offset_, next_count());
  cache_ = Cache::just_read;
}

}  // namespace uvftpd
