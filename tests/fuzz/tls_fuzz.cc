// TLS as a daemon meets it: bytes that nobody made, and a real client on a wire that cuts, flips, loses and
// repeats. What is heard is what was said, and an end that nobody announced is no end.
//
// Input: a byte whose bits choose the client and the use (see Dialogue), then what happens, each a letter and
// a number of one byte: see happen(). A `!` as the first byte: all the others are fed in as they are.
#define OPENSSL_API_COMPAT 0x10100000L  // for a generator of numbers that are the same in each run

#include <openssl/rand.h>

#include <cerrno>
#include <memory>
#include <string>

#include "server/tls_engine.h"
#include "tests/fuzz/fuzz.h"
#include "tests/server/tls_client.h"

namespace uvftpd {
namespace {

constexpr std::size_t kMostSaid = 256 * 1024;
// New keys are answered with new keys, as long as what asked for them. Besides: an alert, and a session that
// was offered while such an answer was in its way.
constexpr std::size_t kMostAnsweredBesides = 512;
constexpr unsigned kMostUnasked = 16;  // new keys, sessions that came late: at some time it is refused

// The same input is to find the same thing again: no number is random, and each input begins with the first.
std::uint64_t numbers_taken = 0;
int take_numbers(unsigned char* out, int count) {
  for (int i = 0; i < count; ++i) {
    numbers_taken += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = (numbers_taken ^ (numbers_taken >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    out[i] = static_cast<unsigned char>(mixed >> 56U);
  }
  return 1;
}
int is_ready() { return 1; }

void make_numbers_repeat() {
  static const RAND_METHOD kMethod = {nullptr, take_numbers, nullptr, nullptr, take_numbers, is_ready};
  static const bool is_set = ::RAND_set_rand_method(&kMethod) == 1;
  demand(is_set, "the generator can be replaced");
  numbers_taken = 0;
}

const KeyPair& key_pair() {
  static const KeyPair kPair = make_self_signed({"localhost"}).value();
  return kPair;
}

TlsContext context() {
  std::string trouble;
  TlsContext made(key_pair(), {}, trouble);
  demand(trouble.empty(), "a context is made");
  return made;
}

// A client, an engine, and what is under way between them.
class Dialogue {
 public:
  enum : unsigned { kOld = 1, kControl = 2, kAsksForFtp = 4, kAsksForHttp = 8 };

  explicit Dialogue(unsigned bits) : bits_(bits), context_(context()) { connect(kScope, nullptr); }

  // `n` is the number behind the letter. What it does not know is nothing.
  void happen(char what, std::size_t n) {
    switch (what) {
      case 's':
        return say(n);
      case 'S':
        return say(n * 257);
      case 't':
        return tell(n);
      case 'T':
        return tell(n * 257);
      case 'c':
        return carry_to_server(n);
      case 'C':
        return carry_to_server(to_server_.size());
      case 'r':
        return carry_to_client(n);
      case 'R':
        return carry_to_client(to_client_.size());
      case 'h':
        return carry_all();
      case 'f':
        return flip(to_server_, n);
      case 'g':
        return flip(to_client_, n);
      case 'd':
        return lose(n);
      case 'D':
        return repeat(n);
      case 'i':
        return inject(n);
      case 'x':
        return client_ends();
      case 'X':
        return server_ends();
      case 'k':
        return disturb();
      case 'o':
        return offer();
      case 'n':
        return again(kScope);
      case 'N':
        return again(kScope + 1);
      default:
        return;
    }
  }

  // Where nobody was in the way, everything arrives.
  void finish() {
    carry_all();
    if (is_spoilt_) return;
    demand(is_established_ != is_foreign(), "a handshake is done, but not for another protocol");
    if (!is_established_) return;
    demand(heard_ == said_, "everything that was said is heard");
    demand(client_->heard() == told_, "everything that was told is heard");
    demand(has_client_ended_ == (end_ == 0), "an end that was said is heard");
  }

 private:
  static constexpr TlsSessionScope kScope = 7;

  bool is_foreign() const { return (bits_ & kAsksForHttp) != 0; }
  void connect(TlsSessionScope scope, SSL_SESSION* session) {
    const auto use = bits_ & kControl ? TlsEngine::Use::control_connection : TlsEngine::Use::data_connection;
    TlsClient::Wishes wishes{.version = bits_ & kOld ? TLS1_2_VERSION : TLS1_3_VERSION, .session = session};
    if (bits_ & kAsksForFtp) wishes.protocol = "ftp";
    if (is_foreign()) wishes.protocol = "http/1.1";
    engine_ = std::make_unique<TlsEngine>(context_, scope, use);
    client_ = std::make_unique<TlsClient>(wishes);
    scope_ = scope;
    is_offered_ = session != nullptr;
    to_server_ = to_client_ = said_ = told_ = heard_ = {};
    is_established_ = has_client_ended_ = has_server_ended_ = is_spoilt_ = has_failed_ = false;
    end_ = -EAGAIN;
    unasked_ = 0;
    client_->go_on();
    collect();
  }
  // Another connection that wants to go on with this one's session.
  void again(TlsSessionScope scope) {
    carry_all();
    const TlsSessionPointer session = is_established_ ? client_->session() : nullptr;
    session_scope_ = scope_;
    connect(scope, session.get());
  }

  // ---- what the two say ----

  static std::string words(std::size_t from, std::size_t count) {
    std::string text(count, '\0');
    for (std::size_t i = 0; i < count; ++i) text[i] = static_cast<char>((from + i) * 31 >> 3U);
    return text;
  }
  void say(std::size_t count) {
    if (said_.size() > kMostSaid || has_client_ended_ || client_->state() == TlsClient::State::shaking)
      return;
    const std::string text = words(said_.size(), count);
    if (client_->say(text)) said_ += text;
    collect();
  }
  void tell(std::size_t count) {
    if (told_.size() > kMostSaid || has_server_ended_ || has_failed_ || !is_established_) return;
    const std::string text = words(told_.size() + 3, count);
    engine_->write(text);
    told_ += text;
    collect();
  }
  // Words follow at once, as a reply does: a session that is offered without waits for them.
  void offer() {
    if (told_.size() > kMostSaid) return;
    if (is_established_ && !has_failed_ && !has_server_ended_) {
      engine_->offer_session();
      count_unasked();
    }
    tell(3);
  }
  void client_ends() {
    if (client_->state() == TlsClient::State::shaking) return;
    if (client_->close_notify()) has_client_ended_ = true;
    collect();
  }
  void server_ends() {
    if (!is_established_) return;
    engine_->close_notify();
    has_server_ended_ = true;
    collect();
  }
  void disturb() {
    if (client_->state() != TlsClient::State::established || has_client_ended_) return;
    if (bits_ & kOld) is_spoilt_ = true;  // it is refused, and the client takes that amiss
    count_unasked();
    client_->disturb();
    collect();
  }
  void count_unasked() {
    if (++unasked_ > kMostUnasked) is_spoilt_ = true;
  }
  void collect() {
    to_server_ += client_->take_outgoing();
    to_client_ += engine_->take_outgoing();
  }

  // ---- the wire ----

  void carry_all() {
    for (int i = 0; i < 8 && !(to_server_.empty() && to_client_.empty()); ++i) {
      carry_to_server(to_server_.size());
      carry_to_client(to_client_.size());
    }
  }
  void carry_to_server(std::size_t count) {
    const std::string part = to_server_.substr(0, count);
    to_server_.erase(0, part.size());
    engine_->feed(part);
    hear(part.size());
    collect();
  }
  void carry_to_client(std::size_t count) {
    const std::string part = to_client_.substr(0, count);
    to_client_.erase(0, part.size());
    client_->feed(part);
    client_->go_on();
    demand(told_.starts_with(client_->heard()), "the client hears what it was told");
    collect();
  }
  void flip(std::string& wire, std::size_t n) {
    if (wire.empty()) return;
    char& byte = wire[(n / 8 * 11) % wire.size()];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << n % 8));
    is_spoilt_ = true;
  }
  void lose(std::size_t n) {
    to_server_.erase(0, n);
    is_spoilt_ = true;
  }
  void repeat(std::size_t n) {
    to_server_.insert(0, to_server_.substr(0, n));
    is_spoilt_ = true;
  }
  void inject(std::size_t n) {
    to_server_ += words(n, n % 16 + 1);
    is_spoilt_ = true;
  }

  // ---- the engine, as those who use it do ----

  void hear(std::size_t fed) {
    if (has_failed_ || (!is_established_ && !shake_hands())) return;
    std::array<char, 700> plain;
    for (;;) {
      const auto count = engine_->read(plain);
      if (count <= 0) {
        demand(end_ == -EAGAIN || count == end_, "an end is the end");
        end_ = count;
        break;
      }
      demand(end_ == -EAGAIN, "nothing is heard behind the end");
      heard_.append(plain.data(), static_cast<std::size_t>(count));
    }
    demand(said_.starts_with(heard_), "what is heard is what was said, from its beginning");
    demand(end_ != 0 || (has_client_ended_ && heard_ == said_), "an end is one that the client has said");
    demand(engine_->outgoing().size() <= fed + kMostAnsweredBesides, "who only hears has not much to say");
    has_failed_ = end_ == -EPROTO;
    demand(!has_failed_ || !engine_->trouble().empty(), "a failure has a reason");
  }
  bool shake_hands() {
    const auto progress = engine_->handshake();
    has_failed_ = progress == TlsEngine::Progress::failed;
    demand(!has_failed_ || !engine_->trouble().empty(), "a failure has a reason");
    if (progress != TlsEngine::Progress::done) return false;
    is_established_ = true;
    demand(!is_foreign(), "no other protocol is spoken");
    demand(!engine_->is_resumed() || (is_offered_ && scope_ == session_scope_),
           "a session stays in its scope");
    to_client_ += engine_->take_outgoing();
    return true;
  }

  unsigned bits_;
  TlsContext context_;
  std::unique_ptr<TlsEngine> engine_;
  std::unique_ptr<TlsClient> client_;
  TlsSessionScope scope_ = 0, session_scope_ = 0;
  std::string to_server_, to_client_;  // under way
  std::string said_, heard_;           // by the client, by the engine
  std::string told_;                   // to the client
  std::ptrdiff_t end_ = -EAGAIN;       // what the engine's last read() said
  unsigned unasked_ = 0;               // what the engine may have to answer when it only hears
  bool is_established_ = false, is_offered_ = false, has_failed_ = false;
  bool has_client_ended_ = false, has_server_ended_ = false;  // by close_notify
  bool is_spoilt_ = false;                                    // what is under way
};

// Nobody's bytes: whatever they are, they are no handshake that could be done.
void feed_in(std::string_view bytes) {
  const TlsContext made = context();
  TlsEngine engine(made, 1, TlsEngine::Use::control_connection);
  for (std::size_t cut = 1; !bytes.empty(); cut = cut % 97 + 1) {
    engine.feed(bytes.substr(0, cut));
    bytes.remove_prefix(std::min(cut, bytes.size()));
    const auto progress = engine.handshake();
    demand(progress != TlsEngine::Progress::done, "no handshake is done with nobody");
    if (progress == TlsEngine::Progress::failed) break;
  }
  engine.take_unread();
  engine.take_outgoing();
}

void play(std::string_view script) {
  if (script.empty()) return;
  make_numbers_repeat();
  if (script[0] == '!') return feed_in(script.substr(1));
  Dialogue dialogue(static_cast<unsigned char>(script[0]));
  for (std::size_t i = 1; i + 1 < script.size(); i += 2)
    dialogue.happen(script[i], static_cast<unsigned char>(script[i + 1]));
  dialogue.finish();
}

}  // namespace
}  // namespace uvftpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  uvftpd::play({reinterpret_cast<const char*>(data), size});
  return 0;
}
