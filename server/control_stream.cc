#include "server/control_stream.h"

#include <array>
#include <cerrno>
#include <utility>

#include "protocol/secret.h"

namespace uvftpd {
namespace {

constexpr char kHandshakeRecord = 0x16;  // RFC 8446, section 5.1: what a TLS connection begins with

}  // namespace

void ControlStream::read() {
  if (!tls_ || tls_->engine) tcp_.read(*this);
}

void ControlStream::pause() { tcp_.pause(); }

void ControlStream::write(std::string bytes) {
  if (!tls_) return tcp_.write(std::move(bytes));
  if (tls_->state != State::secured) return;
  const auto progress = tls_->engine->write(bytes);
  send_outgoing();
  if (progress != TlsEngine::Progress::done) user_.ended(EPROTO);
}

void ControlStream::received(std::string_view bytes) {
  if (!tls_) return user_.received(bytes);
  if (tls_->state == State::shaking) return shake_hands(bytes);
  if (tls_->state == State::failed) return;
  tls_->engine->feed(bytes);
  if (tls_->state == State::secured)
    take_decrypted();
  else
    take_last();
}

// Nothing can be said to a client that leaves within a handshake.
void ControlStream::ended(int status) { user_.ended(status == 0 && is_shaking() ? ECONNRESET : status); }

void ControlStream::send_outgoing() {
  if (std::string bytes = tls_->engine->take_outgoing(); !bytes.empty()) tcp_.write(std::move(bytes));
}

// ---- the handshake ----

void ControlStream::secure(uv::Loop& loop, const TlsContext& context, TlsSessionScope scope) {
  tls_ = std::make_unique<Tls>(loop, context, scope);
}

std::string ControlStream::trouble() const { return tls_ ? tls_->engine->trouble() : "what came is not TLS"; }

void ControlStream::shake_hands(std::string_view bytes) {
  if (!std::exchange(tls_->has_begun, true) && bytes.front() != kHandshakeRecord) {
    tls_.reset();
    return user_.secured(Handshake::not_begun);
  }
  tls_->engine->feed(bytes);
  tcp_.pause();
  tls_->job.emplace(
      tls_->loop,
      [engine = std::move(tls_->engine)]() mutable {
        const auto progress = engine->handshake();
        return Shaken{std::move(engine), progress};
      },
      [this](Shaken result) { shaken(std::move(result)); });
}

void ControlStream::shaken(Shaken result) {
  tls_->job.reset();
  tls_->engine = std::move(result.engine);
  send_outgoing();
  switch (result.progress) {
    case TlsEngine::Progress::wants_input:
    case TlsEngine::Progress::wants_room:  // never: its bytes are in memory
      return read();
    case TlsEngine::Progress::failed:
      tls_->state = State::failed;
      read();
      return user_.secured(Handshake::failed);
    case TlsEngine::Progress::done:
      tls_->state = State::secured;
      read();
      user_.secured(Handshake::done);
      take_decrypted();  // a client need not wait for our last words
  }
}

// ---- behind it ----

void ControlStream::take_decrypted() {
  std::array<char, 4096> plain;
  while (tls_ && tls_->state == State::secured) {
    const auto count = tls_->engine->read(plain);
    if (count <= 0) send_outgoing();  // an answer, or an alert
    if (count == -EAGAIN) return;
    if (count <= 0) {
      tcp_.pause();
      return user_.ended(static_cast<int>(-count));
    }
    user_.received({plain.data(), static_cast<std::size_t>(count)});
    wipe(plain.data(), static_cast<std::size_t>(count));  // it may have been a password
  }
  if (tls_ && tls_->state == State::exposing) take_last();
}

void ControlStream::end_writing() {
  if (!tls()) return;
  tls_->engine->close_notify();
  send_outgoing();
}

void ControlStream::offer_session() {
  if (tls()) tls_->engine->offer_session();
}

void ControlStream::expose() {
  end_writing();
  tls_->state = State::exposing;
}

// What the client still says under TLS was said to a session that is over.
void ControlStream::take_last() {
  std::array<char, 4096> plain;
  std::ptrdiff_t count = 1;
  while (count > 0) count = tls_->engine->read(plain);
  if (count == -EAGAIN) return;
  if (count < 0) return user_.ended(static_cast<int>(-count));
  const std::string clear = tls_->engine->take_unread();
  tls_.reset();
  if (!clear.empty()) user_.received(clear);
}

}  // namespace uvftpd
