// A whole session: bytes of a client against a server of air that has no socket, no clock and no file, and
// fares as the input says.
//
// Input: what the client sends. A `~` ends a segment and, with the byte behind it, says what happens then:
// `y` and `n` answer what the session has asked for with yes and no, and the other bytes are listed in
// happen() and in the answers. `~~` is a `~`. A `@` and a digit at the beginning choose the settings, and so
// do a `%` and a byte behind them those of TLS. At the end everything is answered.
#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "tests/fuzz/session_promises.h"

namespace uvftpd {
namespace {

constexpr std::size_t kMaxWaiting = 16 * 1024;  // as in the server
constexpr std::array kErrors = {ENOENT, EACCES, EEXIST,    EIO,    ENOSPC,
                                EFBIG,  EAGAIN, ECANCELED, ESPIPE, ENOTDIR};

// "~0" to "~9" behind PASS.
const Rights& rights_of(char digit) {
  using P = Permission;
  static const std::array<Rights, 10> kAll = {{
      {Permissions::all(), {}, "", "0"},
      {Permissions::reading(), {}, "", "1"},
      {Permissions::reading(), Permissions::all(), "/up", "2"},
      {{}, {}, "", "3"},
      {Permissions::reading(), {P::upload, P::mkdir}, "/in/deep", "4"},
      {{P::append}, {}, "", "5"},
      {{P::upload, P::rename}, {}, "", "6"},
      {{P::overwrite, P::append}, {P::list}, "/up", "7"},
      {Permissions::all(), {}, "/up", "8"},
      {{P::chmod, P::mtime, P::remove, P::rmdir}, {}, "", "9"},
  }};
  return kAll[static_cast<std::size_t>(digit - '0')];
}

struct Ends {
  SessionSettings settings{.banner = "Welcome."};
  SocketAddress local{parse_address("192.0.2.1").value(), 21},
      peer{parse_address("192.0.2.7").value(), 40000};
  TlsStart tls_start = TlsStart::explicitly;
};

// As the bits of the digit behind `@` say.
Ends ends_of(unsigned bits) {
  Ends ends;
  if (bits & 1U) ends.local.host = parse_address("2001:db8::1").value();
  if (bits & 1U) ends.peer.host = parse_address("2001:db8::7").value();
  if (bits & 2U) ends.settings.active = SessionSettings::Mode::disabled;
  if (bits & 4U) ends.settings.passive = SessionSettings::Mode::disabled;
  return ends;
}

// As the bits of the byte behind `%` say: two for the users, two for anonymous, one for a port of TLS alone.
void offer_tls(unsigned bits, Ends& ends) {
  constexpr unsigned kImplicit = 64;
  ends.settings.tls = static_cast<TlsPolicy>(bits & 3U);
  ends.settings.anonymous_tls = static_cast<TlsPolicy>((bits >> 2) & 3U);
  if (ends.settings.tls != TlsPolicy::off && (bits & kImplicit)) ends.tls_start = TlsStart::implicitly;
}

// What no input can know: it changes with each byte of it.
std::string secret_of(std::string_view input) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : input) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return "secret-" + std::to_string(hash);
}

// Does what ControlConnection does with a session and its lines.
class Server {
 public:
  Server(const Ends& ends, std::string secret)
      : secret_(std::move(secret)),
        session_(ends.settings, ends.local, ends.peer, ends.tls_start),
        promises_(ends.settings, ends.local, ends.peer, ends.tls_start, secret_) {
    tell(session_.connected());
  }

  void received(std::string_view segment) {
    if (has_client_ended_ || promises_.is_closed() || promises_.is_shaking()) return;
    socket_ += segment;
    read();
  }

  // Yes and no, and what may go wrong in more than one way.
  void answer(char how) {
    if (!promises_.asked()) return;
    const Action asked = *promises_.asked();
    if (std::holds_alternative<CheckPassword>(asked)) {
      answer_password(how);
    } else if (std::holds_alternative<SecureControl>(asked)) {
      answer_handshake(how);
    } else if (const auto* const file = std::get_if<RunFileRequest>(&asked)) {
      answer_file(file->request, how);
    } else if (std::holds_alternative<ListenForData>(asked)) {
      const SocketAddress at{session_.local().host, 50000};
      promises_.port_answered(how != 'n');
      tell(session_.listening(how != 'n' ? std::optional(at) : std::nullopt));
    } else {
      answer_transfer(std::get<StartTransfer>(asked).request, how);
    }
    read();
  }

  void close_service() { tell_and_read(session_.service_closing()); }
  void expire() {  // the clock that runs
    if (promises_.is_closed() || (session_.is_logged_in() && session_.is_at_work())) return;
    tell(session_.is_logged_in() ? session_.idle_expired() : session_.login_expired());
  }
  void give_way() {
    if (!promises_.is_closed() && !session_.is_logged_in()) tell(session_.gave_way());
  }
  void progress(std::uint64_t bytes) {
    if (session_.is_at_work()) session_.progressed(bytes);
  }
  void client_ends() { has_client_ended_ = true; }

  // Nothing stays unanswered, also not what is answered when the client is gone.
  void finish() {
    while (promises_.asked()) answer('y');
    demand(promises_.is_closed() || lines_.waiting().empty(), "every line has its turn");
    demand(promises_.is_closed() || socket_.empty(), "every byte is read");
    demand(!promises_.is_closed() || !session_.accepts({"NOOP"}), "no command runs after the close");
  }

 private:
  static constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static int error_of(char how) {
    return is_digit(how) ? kErrors[static_cast<std::size_t>(how - '0')] : ENOENT;
  }

  void answer_password(char how) {
    if (how == 't') {
      promises_.password_answered(std::nullopt);
      return tell(session_.login_not_now("Later."));
    }
    std::optional<Rights> granted;
    if (how != 'n') granted = rights_of(is_digit(how) ? how : '0');
    promises_.password_answered(granted);
    tell(session_.password_checked(granted));
  }

  void answer_handshake(char how) {
    Handshake handshake = Handshake::done;
    if (how == 'n') handshake = Handshake::not_begun;
    if (how == 'f') handshake = Handshake::failed;
    promises_.handshake_answered(handshake);
    tell(session_.control_secured(handshake));
  }

  void answer_file(const FileRequest& request, char how) {
    FileResult result{.error = how == 'y' ? 0 : error_of(how), .size = 5, .modified = 1795413077};
    if (how == 'a') result.error = ECANCELED;
    if (request.kind == FileRequest::Kind::listing)
      result.text = "-rw-r--r--    1 ftp      ftp                 5 Nov 23 05:51 226 a\r\n";
    if (request.kind == FileRequest::Kind::facts) result.text = to_string(request.query.wanted);
    if (request.kind == FileRequest::Kind::digest) result.text = "0123abcd";
    promises_.file_answered(result);
    tell(session_.file_request_done(result));
  }

  // First it opens; `c`, `l` and `s` are what happens to a connection, `h`, `r` and `u` to one under TLS.
  void answer_transfer(const TransferRequest& request, char how) {
    using enum TransferResult::Outcome;
    const bool fails = how == 'n' || is_digit(how), may_abort = promises_.is_aborted() || has_client_ended_;
    if (!promises_.is_open() && !fails && !(how == 'a' && may_abort)) {
      promises_.transfer_opens();
      const bool is_unique = request.kind == TransferRequest::Kind::store_unique;
      return tell(session_.transfer_opened({how == 'y' ? std::optional<std::uint64_t>(9) : std::nullopt,
                                            is_unique ? request.path + ".1" : ""}));
    }
    TransferResult result{.outcome = complete, .error = 0, .bytes = 9};
    if (fails) result = {promises_.is_open() ? file_error : refused, error_of(how), 0};
    if (how == 'a' && may_abort) result.outcome = aborted;
    if (how == 'c') result.outcome = no_connection;
    if (how == 'l') result.outcome = connection_lost;
    if (how == 's') result.outcome = stalled;
    const bool is_private = request.protection == Protection::tls;
    if (how == 'h' && is_private) result.outcome = not_secured;
    if (how == 'r' && is_private) result.outcome = not_resumed;
    if (how == 'u' && is_private) result.outcome = cut;
    promises_.transfer_ends();
    tell(session_.transfer_finished(result));
  }

  void read() {
    take_lines();
    while (!socket_.empty() && lines_.size() <= kMaxWaiting && !promises_.is_closed()) {
      const std::size_t before = lines_.size(), came = socket_.size();
      demand(lines_.append(socket_).size() <= 3 * came, "Telnet is answered three bytes to an option");
      demand(lines_.size() <= before + came * (1 + sizeof(Line)), "no more is held than came");
      socket_.clear();
      take_lines();
    }
  }

  void take_lines() {
    while (!promises_.is_closed() && !lines_.waiting().empty()) {
      if (session_.accepts(lines_.waiting().front()))
        take_line(lines_.take_front());
      else if (!hear_interrupts())
        break;
    }
  }

  // The password is put in here, so that it can be told from everything else that was said.
  void take_line(Line line) {
    const Command command = parse_command(line.text);
    if (command.verb == "PASS") line.text = "PASS " + secret_;
    promises_.command(line);
    tell(session_.line_received(line));
  }

  bool hear_interrupts() {
    for (std::size_t i = 0; i < lines_.waiting().size(); ++i) {
      const Actions actions = session_.line_waiting(lines_.waiting()[i]);
      if (actions.empty()) continue;
      lines_.mark_as_effective(i);
      tell(actions);
      return true;
    }
    return false;
  }

  void tell_and_read(const Actions& actions) {
    tell(actions);
    read();
  }
  void tell(const Actions& actions) {
    promises_.take(actions);
    if (promises_.is_closed()) return;
    if (promises_.is_shaking()) forget_what_came();
    demand(session_.is_idle() == !promises_.asked(), "a session is idle when nothing is awaited");
    demand(session_.is_at_work() == promises_.is_at_work(), "a session is at work while something may last");
    demand(session_.is_logged_in() == promises_.is_logged_in(), "a login lasts until USER, REIN or AUTH");
  }

  // What came in the clear is not to be taken for what is said under TLS.
  void forget_what_came() {
    lines_ = {};
    socket_.clear();
  }

  std::string secret_;
  Session session_;
  SessionPromises promises_;
  LineBuffer lines_;
  std::string socket_;  // bytes that came and are not read yet
  bool has_client_ended_ = false;
};

// What the byte behind a `~` makes happen.
void happen(char what, Server& server) {
  switch (what) {
    case '~':
      return server.received("~");
    case '.':  // nothing: only a segment ends
      return;
    case 'C':
      return server.close_service();
    case 'E':
      return server.client_ends();
    case 'G':
      return server.give_way();
    case 'P':
      return server.progress(7);
    case 'X':
      return server.expire();
    default:
      return server.answer(what);
  }
}

void play(std::string_view script) {
  const std::string secret = secret_of(script);
  unsigned bits = 0;
  if (script.size() > 1 && script[0] == '@') {
    bits = static_cast<unsigned char>(script[1]) & 7U;
    script.remove_prefix(2);
  }
  Ends ends = ends_of(bits);
  if (script.size() > 1 && script[0] == '%') {
    offer_tls(static_cast<unsigned char>(script[1]), ends);
    script.remove_prefix(2);
  }
  Server server(ends, secret);
  while (!script.empty()) {
    const auto end = std::min(script.find('~'), script.size());
    if (end > 0) server.received(script.substr(0, end));
    script.remove_prefix(end);
    if (script.size() > 1) happen(script[1], server);
    script.remove_prefix(std::min<std::size_t>(2, script.size()));
  }
  server.finish();
}

}  // namespace
}  // namespace uvftpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  uvftpd::play({reinterpret_cast<const char*>(data), size});
  return 0;
}
