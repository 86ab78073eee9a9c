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
  tls_.reset();
  socket_ = std::move(socket);
  watched_ = 0;
  moved_ = 0;
  first_byte_ = 0;
}

void DataConnection::receive() {
  work_ = Work::receive;
  // A small file has mostly come when its 150 is read: then the poller need not hear of it.
  for (int tries = 0; tries < kTriesAtOnce && socket_.is_open(); ++tries) {
    if (!receive_once()) break;
  }
  wait();
}

void DataConnection::send(const Upload& upload, uint64_t size) {
  work_ = Work::send;
  upload_ = &upload;
  size_ = size;
  send_more();
  wait();
}

void DataConnection::receive_some(uint64_t size) {
  if (!socket_.is_open()) return;
  ssize_t count = ::recv(socket_.number(), nullptr, size, MSG_TRUNC);
  if (count > 0) moved_ += static_cast<uint64_t>(count);
}

void DataConnection::ready(uint32_t events) {
  if (!socket_.is_open()) return;
  if (work_ == Work::receive) {
    while (receive_once() && (events & EPOLLRDHUP) != 0) {
    }
  } else if (work_ == Work::send) {
    send_more();
  } else {
    end_sending();
  }
  wait();
}

// Whether there may be more.
bool DataConnection::receive_once() {
  ssize_t count = tls_ ? tls_->discard(kChunk) : ::recv(socket_.number(), nullptr, kChunk, MSG_TRUNC);
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
    ssize_t count = send_part();
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) fail_with_errno("sending");
    moved_ += static_cast<uint64_t>(count);
    if (watched_ != 0) break;  // the others' turn
  }
  if (moved_ < size_) return;
  if (!tls_) return end();
  work_ = Work::end;
  end_sending();
}

ssize_t DataConnection::send_part() {
  uint64_t size = std::min<uint64_t>(size_ - moved_, kChunk);
  if (tls_) return tls_->send(upload_->bytes() + moved_, size);
  auto offset = static_cast<off_t>(moved_);
  return ::sendfile(socket_.number(), upload_->file().number(), &offset, size);
}

// close_notify, and then the server's end.
void DataConnection::end_sending() {
  if (tls_->end_sending() == TlsStream::Progress::would_block) return;
  ssize_t count = tls_->discard(kChunk);
  if (count < 0 && errno == EAGAIN) return;
  if (count != 0) fail("the server sent bytes into an upload");
  end();
}

// With TLS, what is waited for may be the other direction's.
void DataConnection::wait() {
  if (!socket_.is_open()) return;
  uint32_t events = work_ == Work::receive ? EPOLLIN | EPOLLRDHUP : EPOLLOUT;
  if (tls_) events = tls_->awaited_events();
  if (watched_ == 0) {
    poller_.watch(socket_.number(), events, this);
  } else if (watched_ != events) {
    poller_.watch_for(socket_.number(), events, this);
  }
  watched_ = events;
}

void DataConnection::end() {
  if (tls_ && tls_->is_resumed()) ++resumed_;
  socket_.close();
  ended_();
}

}  // namespace bench
