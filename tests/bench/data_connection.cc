#include "tests/bench/data_connection.h"

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>

namespace bench {
namespace {

constexpr size_t kChunk = 1024 * 1024;  // one call: a stream must not keep the others waiting
constexpr int kTriesAtOnce = 3;         // a small file, and its end

}  // namespace

void DataConnection::adopt(Descriptor socket) {
  socket_ = std::move(socket);
  watched_ = false;
  moved_ = 0;
  first_byte_ = 0;
  file_ = -1;
}

void DataConnection::receive() {
  // A small file has mostly come when its 150 is read: then the poller need not hear of it.
  for (int tries = 0; tries < kTriesAtOnce && socket_.is_open(); ++tries) {
    if (!receive_once()) break;
  }
  if (socket_.is_open()) wait_for(EPOLLIN | EPOLLRDHUP);
}

void DataConnection::send(const Descriptor& file, uint64_t size) {
  file_ = file.number();
  size_ = size;
  send_more();
  if (socket_.is_open()) wait_for(EPOLLOUT);
}

void DataConnection::receive_some(uint64_t size) {
  if (!socket_.is_open()) return;
  ssize_t count = ::recv(socket_.number(), nullptr, size, MSG_TRUNC);
  if (count > 0) moved_ += static_cast<uint64_t>(count);
}

void DataConnection::ready(uint32_t events) {
  if (!socket_.is_open()) return;
  if (file_ >= 0) return send_more();
  while (receive_once() && (events & EPOLLRDHUP) != 0) {
  }
}

// Whether there may be more.
bool DataConnection::receive_once() {
  ssize_t count = ::recv(socket_.number(), nullptr, kChunk, MSG_TRUNC);
  if (count < 0 && errno == EAGAIN) return false;
  if (count < 0) fail_with_errno("receiving");
  if (count == 0) {
    end();
    return false;
  }
  if (moved_ == 0) first_byte_ = now();
  moved_ += static_cast<uint64_t>(count);
  return true;
}

void DataConnection::send_more() {
  while (moved_ < size_) {
    auto offset = static_cast<off_t>(moved_);
    ssize_t count = ::sendfile(socket_.number(), file_, &offset, std::min(size_ - moved_, kChunk));
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) fail_with_errno("sending");
    moved_ += static_cast<uint64_t>(count);
    if (watched_) break;  // the others' turn
  }
  if (moved_ == size_) end();
}

void DataConnection::wait_for(uint32_t events) {
  if (!watched_) poller_.watch(socket_.number(), events, this);
  watched_ = true;
}

void DataConnection::end() {
  socket_.close();
  ended_();
}

}  // namespace bench
