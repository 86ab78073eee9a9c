#include "server/tls_engine.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace uvftpd {
namespace {

// In all, to what clients ask for but do not get, such as new handshakes: more would fill the memory.
constexpr std::size_t kMostUnasked = 4096;

}  // namespace

// OpenSSL's view of what is fed in and what is to leave: a BIO whose data is the engine.
struct TlsWire {
  static int read(BIO* bio, char* out, std::size_t size, std::size_t* count) {
    TlsEngine& engine = *static_cast<TlsEngine*>(::BIO_get_data(bio));
    ::BIO_clear_retry_flags(bio);
    *count = std::min(size, engine.end_ - engine.begin_);
    if (*count == 0) {
      ::BIO_set_retry_read(bio);
      return 0;
    }
    std::memcpy(out, engine.in_.data() + engine.begin_, *count);
    engine.begin_ += *count;
    return 1;
  }
  static int write(BIO* bio, const char* bytes, std::size_t size, std::size_t* count) {
    static_cast<TlsEngine*>(::BIO_get_data(bio))->out_.append(bytes, size);
    *count = size;
    return 1;
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }
  static const BIO_METHOD* method() {
    static BIO_METHOD* const kMade = [] {
      BIO_METHOD* one = ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "engine");
      ::BIO_meth_set_read_ex(one, read);
      ::BIO_meth_set_write_ex(one, write);
      ::BIO_meth_set_ctrl(one, control);
      return one;
    }();
    return kMade;
  }
  // Owned by the connection that it is given to; null: no memory.
  static BIO* make(TlsEngine& engine) {
    BIO* wire = ::BIO_new(method());
    if (!wire) return nullptr;
    ::BIO_set_data(wire, &engine);
    ::BIO_set_init(wire, 1);
    return wire;
  }
};

void TlsEngine::Free::operator()(ssl_st* connection) const { ::SSL_free(connection); }

TlsEngine::TlsEngine(const TlsContext& context, TlsSessionScope scope, Use use)
    : use_(use), connection_(::SSL_new(context.get())) {
  BIO* wire = connection_ ? TlsWire::make(*this) : nullptr;
  if (!wire) {
    trouble_ = "no memory";
    connection_.reset();
    return;
  }
  ::SSL_set_bio(connection_.get(), wire, wire);
  ::SSL_set_session_id_context(connection_.get(), reinterpret_cast<const unsigned char*>(&scope),
                               sizeof scope);
  ::SSL_set_accept_state(connection_.get());
  if (use == Use::control_connection) {
    ::SSL_set_options(connection_.get(), SSL_OP_CLEANSE_PLAINTEXT);  // passwords
    return;
  }
  ::SSL_clear_mode(connection_.get(), SSL_MODE_RELEASE_BUFFERS);  // it is never idle
  // A client that only sends would leave a ticket unread, and its end would be a reset.
  ::SSL_set_num_tickets(connection_.get(), 0);
}

// An aborted transfer takes nothing from its control connection: OpenSSL would forget the session of a
// connection that was not ended in order, and no further transfer could resume it.
TlsEngine::~TlsEngine() {
  if (connection_ && use_ == Use::data_connection)
    ::SSL_set_shutdown(connection_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

// ---- the kernel ----

void TlsEngine::send_by(int socket) {
  BIO* wire = connection_ ? ::BIO_new_socket(socket, BIO_NOCLOSE) : nullptr;
  if (!wire) return;
  ::SSL_set0_wbio(connection_.get(), wire);
}

bool TlsEngine::is_sent_by_kernel() const {
  return connection_ && BIO_get_ktls_send(::SSL_get_wbio(connection_.get()));
}

bool TlsEngine::wants_room() const { return connection_ && SSL_want_write(connection_.get()); }

// The kernel knows no TLS, or not this cipher.
void TlsEngine::take_back() {
  if (::SSL_get_wbio(connection_.get()) == ::SSL_get_rbio(connection_.get()) || is_sent_by_kernel()) return;
  BIO* wire = ::SSL_get_rbio(connection_.get());
  ::BIO_up_ref(wire);
  ::SSL_set0_wbio(connection_.get(), wire);
}

// ---- what came ----

std::span<char> TlsEngine::room(std::size_t most) {
  std::copy(in_.begin() + static_cast<std::ptrdiff_t>(begin_),
            in_.begin() + static_cast<std::ptrdiff_t>(end_), in_.begin());
  end_ -= std::exchange(begin_, 0);
  if (in_.size() < end_ + most) in_.resize(end_ + most);
  return std::span(in_).subspan(end_, most);
}

void TlsEngine::feed(std::string_view bytes) {
  std::ranges::copy(bytes, room(bytes.size()).begin());
  fed(bytes.size());
}

bool TlsEngine::has_decrypted() const { return ::SSL_pending(connection_.get()) > 0; }

std::string TlsEngine::take_unread() {
  std::string unread(in_.data() + begin_, end_ - begin_);
  begin_ = end_ = 0;
  return unread;
}

// ---- what is to leave ----

void TlsEngine::has_left(std::size_t count) {
  left_ += count;
  if (left_ < out_.size()) return;
  out_.clear();
  left_ = 0;
}

std::string TlsEngine::take_outgoing() {
  out_.erase(0, std::exchange(left_, 0));
  return std::exchange(out_, {});
}

// ---- what is done with it ----

TlsEngine::Progress TlsEngine::judge(int returned) {
  if (returned > 0) return Progress::done;
  switch (::SSL_get_error(connection_.get(), returned)) {
    case SSL_ERROR_WANT_READ:
      return Progress::wants_input;
    case SSL_ERROR_WANT_WRITE:
      return Progress::wants_room;
    case SSL_ERROR_ZERO_RETURN:
      trouble_ = "ended by the client";
      return Progress::failed;
    default:
      const char* reason = ::ERR_reason_error_string(::ERR_peek_last_error());
      trouble_ = reason ? reason : "unknown";
      ::ERR_clear_error();
      return Progress::failed;
  }
}

TlsEngine::Progress TlsEngine::handshake() {
  if (!connection_) return Progress::failed;
  ::ERR_clear_error();
  const Progress progress = judge(::SSL_do_handshake(connection_.get()));
  if (progress == Progress::done) take_back();
  return progress;
}

std::ptrdiff_t TlsEngine::read(std::span<char> out) {
  if (!trouble_.empty()) return -EPROTO;  // asked again, OpenSSL might call it an end
  ::ERR_clear_error();
  const std::size_t before = out_.size();
  std::size_t count = 0;
  const int returned = ::SSL_read_ex(connection_.get(), out.data(), out.size(), &count);
  unasked_ += out_.size() - before;
  if (unasked_ > kMostUnasked) {
    trouble_ = "too many handshakes";
    return -EPROTO;
  }
  if (returned > 0) return static_cast<std::ptrdiff_t>(count);
  // Not SSL_get_shutdown(): to OpenSSL a fatal alert is an end too, and it says so of both.
  if (::SSL_get_error(connection_.get(), returned) == SSL_ERROR_ZERO_RETURN) return 0;
  if (judge(returned) == Progress::failed) return -EPROTO;
  if (use_ == Use::control_connection && begin_ == end_) in_ = {};  // it may be idle for long
  return -EAGAIN;
}

TlsEngine::Progress TlsEngine::write(std::string_view bytes) {
  if (bytes.empty()) return Progress::done;
  ::ERR_clear_error();
  std::size_t count = 0;
  return judge(::SSL_write_ex(connection_.get(), bytes.data(), bytes.size(), &count));
}

// What is wrong with it besides is no concern of a connection that ends.
TlsEngine::Progress TlsEngine::close_notify() {
  ::ERR_clear_error();
  const bool is_said = (::SSL_get_shutdown(connection_.get()) & SSL_SENT_SHUTDOWN) != 0;
  if (is_said && !wants_room()) return Progress::done;
  const int returned = ::SSL_shutdown(connection_.get());
  return returned < 0 && wants_room() ? Progress::wants_room : Progress::done;
}

void TlsEngine::offer_session() {
  if (::SSL_version(connection_.get()) == TLS1_3_VERSION) ::SSL_new_session_ticket(connection_.get());
}

bool TlsEngine::is_resumed() const { return ::SSL_session_reused(connection_.get()) == 1; }
std::string TlsEngine::version() const { return ::SSL_get_version(connection_.get()); }
std::string TlsEngine::cipher() const { return ::SSL_get_cipher_name(connection_.get()); }

std::string TlsEngine::client() const {
  const X509* certificate = ::SSL_get0_peer_certificate(connection_.get());
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (!certificate || ::X509_digest(certificate, ::EVP_sha256(), digest.data(), &size) != 1) return {};
  return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace uvftpd
