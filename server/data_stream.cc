#include "server/data_stream.h"

#include <cerrno>

#include "server/socket.h"

namespace uvftpd {
namespace {

constexpr std::size_t kReceivedAtOnce = 64 * 1024;  // four records

}  // namespace

DataStream::DataStream(Descriptor socket, std::optional<DataTls> tls) : socket_(std::move(socket)) {
  if (!tls) return;
  tls_ = std::make_unique<Tls>(std::move(*tls));
  send_at_once(socket_.get());
  if (tls_->wanted.context.kernel_tls() == KernelTls::used) tls_->engine.send_by(socket_.get());
}

TlsSession DataStream::session() const { return tls_ ? tls_->session : TlsSession::none; }
TlsEnd DataStream::end() const { return tls_ ? tls_->end : TlsEnd::none; }
bool DataStream::is_cut() const {
  return end() == TlsEnd::cut && tls_->wanted.unclean_end == UncleanEnd::refuse;
}
bool DataStream::take_progress() { return tls_ && std::exchange(tls_->has_progressed, false); }

// ---- under TLS ----

std::ptrdiff_t DataStream::flush() {
  while (tls_ && !tls_->engine.outgoing().empty()) {
    const auto count = uvftpd::send(socket_.get(), tls_->engine.outgoing());
    if (count < 0) return count;
    tls_->engine.has_left(static_cast<std::size_t>(count));
    tls_->has_progressed = true;
  }
  return 0;
}

// As receive(), into the engine. The kernel tells of a reset once, and then it looks like an orderly end: it
// is kept for when what came before is taken.
std::ptrdiff_t DataStream::feed() {
  if (tls_->fault != 0) return tls_->fault;
  const auto count = uvftpd::receive(socket_.get(), tls_->engine.room(kReceivedAtOnce));
  if (count < 0 && count != -EAGAIN) tls_->fault = count;
  if (count <= 0) return count;
  tls_->engine.fed(static_cast<std::size_t>(count));
  tls_->has_progressed = true;
  return count;
}

DataStream::State DataStream::prepare() {
  if (!tls_ || tls_->session != TlsSession::none) return State::ready;
  for (;;) {
    const auto progress = tls_->engine.handshake();
    const auto sent = flush();
    if (progress == TlsEngine::Progress::failed || (sent < 0 && sent != -EAGAIN)) return State::not_secured;
    if (progress == TlsEngine::Progress::done) return judge();
    if (sent == -EAGAIN || progress == TlsEngine::Progress::wants_room) return State::waits;
    const auto count = feed();
    if (count == -EAGAIN) return State::waits;
    if (count <= 0) return State::not_secured;
  }
}

// The client has the handshake's last word, and may keep an upload's first bytes until that is acknowledged.
// One that is turned away gets an orderly end: it looks for the reason behind that (Python's ftplib).
DataStream::State DataStream::judge() {
  acknowledge_at_once(socket_.get());
  tls_->session = tls_->engine.is_resumed() ? TlsSession::resumed : TlsSession::anew;
  const bool is_demanded = tls_->wanted.session_reuse == SessionReuse::require;
  State state = State::ready;
  if (tls_->engine.client() != tls_->wanted.client)
    state = State::not_secured;
  else if (is_demanded && !tls_->engine.is_resumed())
    state = State::not_resumed;
  if (state != State::ready) finish();
  return state;
}

std::ptrdiff_t DataStream::finish() {
  if (tls_ && tls_->engine.close_notify() == TlsEngine::Progress::wants_room) return -EAGAIN;
  return flush();
}

// ---- bytes ----

// What is encrypted is not much more than one call's: the next begins when all of it has left.
std::ptrdiff_t DataStream::send(std::string_view bytes) {
  if (takes_plain()) return uvftpd::send(socket_.get(), bytes);
  if (const auto before = flush(); before != 0) return before;
  if (tls_->engine.write(bytes) != TlsEngine::Progress::done) return -ECONNRESET;
  const auto sent = flush();
  return sent < 0 && sent != -EAGAIN ? sent : static_cast<std::ptrdiff_t>(bytes.size());
}

// As many records as there are: what is behind them waits for the socket.
std::ptrdiff_t DataStream::receive(std::span<char> out) {
  if (!tls_) return uvftpd::receive(socket_.get(), out);
  std::size_t got = 0;
  while (got < out.size()) {
    auto count = tls_->engine.read(out.subspan(got));
    if (count > 0) {
      got += static_cast<std::size_t>(count);
      continue;
    }
    if (count == -EAGAIN) {
      if (flush() == -ECONNRESET) tls_->fault = -ECONNRESET;  // TLS had something to answer
      count = feed();
      if (count > 0) continue;
      if (count == 0) tls_->end = TlsEnd::cut;
    } else if (count == 0) {
      tls_->end = TlsEnd::orderly;
    } else {
      count = tls_->fault = -ECONNRESET;  // neither TLS nor its end: the connection is of no more use
      flush();                            // but for an alert
    }
    if (got == 0) return count;
    break;
  }
  return static_cast<std::ptrdiff_t>(got);
}

DataStream::Direction DataStream::awaits(Direction usually) const {
  if (!tls_) return usually;
  const bool is_shaking = tls_->session == TlsSession::none;
  const bool has_more =
      !is_shaking && (tls_->engine.has_input() || tls_->end != TlsEnd::none || tls_->fault != 0);
  if (has_more || !tls_->engine.outgoing().empty() || tls_->engine.wants_room()) return Direction::sending;
  return is_shaking ? Direction::receiving : usually;
}

}  // namespace uvftpd
