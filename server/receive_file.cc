#include "server/receive_file.h"

#include <fcntl.h>

#include <algorithm>

#include "server/file_calls.h"
#include "server/socket.h"

namespace uvftpd {
namespace {

// What an upload may hold in memory before it moves to a data loop.
constexpr std::size_t kMaxGathered = 64 * 1024;

}  // namespace

ReceiveFile::ReceiveFile(std::unique_ptr<Upload> upload, const TransferRequest& request)
    : Transfer(upload->file()), upload_(std::move(upload)), type_(request.type), offset_(upload_->offset()) {
  if (request.last_byte) room_ = *request.last_byte - request.offset + 1;
}

Transfer::Turn ReceiveFile::move(const Workspace& workspace) {
  if (workspace.place == Workspace::Place::control_loop) return gather(workspace);
  if (const int error = write_gathered(); error != 0) return fail_file(error);
  if (stream_.is_clear() && type_ == Type::image && !room_ && workspace.pipe &&
      workspace.pipe->capacity() > 0)
    return splice_through(*workspace.pipe);
  return receive_and_write(workspace);
}

Transfer::Turn ReceiveFile::gather(const Workspace& workspace) {
  const std::size_t most = pacing_.piece(kMaxGathered);
  while (gathered_.size() < most) {
    const auto room = std::min(workspace.buffer.size(), most - gathered_.size());
    const auto count = stream_.receive(workspace.buffer.first(room));
    if (count == -EAGAIN) return Turn::wait_socket;
    if (count < 0) return fail(static_cast<int>(-count));
    if (count == 0) return Turn::complete;
    gathered_.append(workspace.buffer.data(), static_cast<std::size_t>(count));
    this->count(static_cast<std::uint64_t>(count));
  }
  return Turn::moved;
}

Transfer::Turn ReceiveFile::splice_through(SplicePipe& pipe) {
  const auto count = ::splice(stream_.fd(), nullptr, pipe.writing_end(), nullptr,
                              pacing_.piece(pipe.capacity()), SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return Turn::wait_socket;
  if (count < 0) return fail(errno);
  if (count == 0) return Turn::complete;
  if (const int error = drain(pipe, static_cast<std::size_t>(count)); error != 0) {
    pipe.empty();
    return fail_file(error);
  }
  this->count(static_cast<std::uint64_t>(count));
  return Turn::moved;
}

// Everything in the pipe into the file: 0 or errno.
int ReceiveFile::drain(SplicePipe& pipe, std::size_t count) {
  while (count > 0) {
    auto offset = static_cast<off_t>(offset_);
    const auto moved = file_calls::splice_to_file(pipe.reading_end(), file_->fd(), offset, count);
    if (moved < 0 && errno == EINTR) continue;
    if (moved <= 0) return moved < 0 ? errno : EIO;
    offset_ += static_cast<std::uint64_t>(moved);
    count -= static_cast<std::size_t>(moved);
  }
  return 0;
}

Transfer::Turn ReceiveFile::receive_and_write(const Workspace& workspace) {
  const auto count = stream_.receive(workspace.buffer.first(pacing_.piece(workspace.buffer.size())));
  if (count == -EAGAIN) return Turn::wait_socket;
  if (count < 0) return fail(static_cast<int>(-count));
  if (count == 0) return Turn::complete;
  if (const int error = write({workspace.buffer.data(), static_cast<std::size_t>(count)}); error != 0)
    return fail_file(error);
  this->count(static_cast<std::uint64_t>(count));
  return Turn::moved;
}

int ReceiveFile::write_gathered() {
  if (gathered_.empty()) return 0;
  const int error = write(gathered_);
  gathered_ = {};
  return error;
}

int ReceiveFile::write(std::string_view bytes) {
  if (type_ == Type::ascii) {
    converted_.clear();
    decoder_.convert(bytes, converted_);
    bytes = converted_;
  }
  const auto fitting = bytes.substr(0, room_.value_or(bytes.size()));
  if (const int error = write_all(file_->fd(), fitting, offset_); error != 0) return error;
  offset_ += fitting.size();
  if (room_) *room_ -= fitting.size();
  return fitting.size() == bytes.size() ? 0 : EMSGSIZE;
}

Transfer::Settling ReceiveFile::settling() const {
  const bool is_begun = offset_ != upload_->offset();
  return is_begun || upload_->may_wait() ? Settling::on_disk : Settling::at_once;
}

int ReceiveFile::settle(TransferResult::Outcome outcome) {
  int error = write_gathered();  // also of a cut upload: the more is there, the less is to be sent again
  if (outcome == TransferResult::Outcome::complete && error == 0) {
    converted_.clear();
    decoder_.finish(converted_);
    error = write_all(file_->fd(), converted_, offset_);
    offset_ += converted_.size();
    if (error == 0) error = upload_->commit(offset_);
  }
  upload_.reset();
  return error;
}

}  // namespace uvftpd
