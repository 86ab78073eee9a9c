// A random walk: clients that say anything at any time to a server that fares in any way. Whatever happens,
// every command gets exactly one final reply, in its turn, and nothing is done once the control connection is
// closed.
//
// The server's part keeps to the contract of action.h and session.h and to nothing more.
#include <array>
#include <deque>
#include <random>

#include "tests/protocol/transcript.h"

namespace uvftpd {
namespace {

constexpr const char* kLines[] = {"USER alice",
                                  "USER alice",
                                  "PASS secret",
                                  "PASS secret",
                                  "CWD /pub",
                                  "CDUP",
                                  "PWD",
                                  "PASV",
                                  "EPSV",
                                  "EPSV 2",
                                  "EPSV ALL",
                                  "PASV",
                                  "MKD a",
                                  "RMD a",
                                  "RETR big",
                                  "STOR up",
                                  "APPE up",
                                  "LIST -l pub",
                                  "NLST",
                                  "ABOR",
                                  "ABOR",
                                  "ABOR x",
                                  "STAT",
                                  "STAT",
                                  "STAT x",
                                  "RNFR a",
                                  "RNTO b",
                                  "REST 7",
                                  "REST x",
                                  "SIZE a",
                                  "MDTM a",
                                  "MKD",
                                  "",
                                  "NOOP",
                                  "XYZZY",
                                  "TYPE I",
                                  "TYPE E",
                                  "PORT 1,2",
                                  "PORT 192,0,2,7,7,208",
                                  "HELP",
                                  "FEAT",
                                  "ALLO 5",
                                  "DELE a",
                                  "DELE up/a",
                                  "STOR pub/a",
                                  "EPRT |1|192.0.2.7|99|",
                                  "OPTS UTF8",
                                  "HELP STOR",
                                  "HASH big",
                                  "OPTS HASH MD5",
                                  "RANG 1 2",
                                  "STOU",
                                  "MLST a",
                                  "MLSD",
                                  "OPTS MLST size;",
                                  "MFMT 20261123055117 a",
                                  "SITE CHMOD 644 a",
                                  "SITE IDLE 5",
                                  "AUTH TLS",
                                  "AUTH TLS",
                                  "PBSZ 0",
                                  "PROT P",
                                  "PROT P",
                                  "PROT C",
                                  "USER ftp",
                                  "CCC"};
constexpr const char* kRareLines[] = {"QUIT", "REIN", "USER bob", "GET / HTTP/1.1"};
constexpr int kErrors[] = {ENOENT, EACCES, EEXIST, EIO, ENOSPC, EFBIG, EAGAIN};

class Walk {
 public:
  explicit Walk(std::mt19937& random) : random_(random) {
    settings_.tls = policy();
    settings_.anonymous_tls = policy();
    take(session_.connected());
  }

  void run(int steps) {
    --final_replies_;  // of the 220, which no command asked for
    if (chance(50)) prepare_tls();
    for (int step = 0; step < steps && !closed_; ++step) {
      take_step();
      check();
    }
    while (!closed_ && (asked_ || !waiting_.empty())) asked_ ? answer() : take_turn();
    check();
    if (!closed_) {
      EXPECT_EQ(final_replies_, received_) << transcript_;
    }
    answer_late();
  }

  const std::string& transcript() const { return transcript_; }
  bool is_closed() const { return closed_; }
  int private_transfers() const { return private_transfers_; }

 private:
  std::uint32_t pick(std::uint32_t count) { return static_cast<std::uint32_t>(random_() % count); }
  bool chance(std::uint32_t percent) { return pick(100) < percent; }
  TlsPolicy policy() { return static_cast<TlsPolicy>(pick(4)); }
  bool is_shaking() const { return asked_ && std::holds_alternative<SecureControl>(*asked_); }

  // By chance alone few walks come as far as a transfer under TLS.
  void prepare_tls() {
    for (const char* line : {"AUTH TLS", "PBSZ 0", "PROT P", "USER alice", "PASS secret"}) {
      if (!closed_) arrive({line});
      take_turn();
      if (asked_) answer();
    }
  }
  void take_step() {
    if (chance(55)) {
      const char* text =
          chance(2) ? kRareLines[pick(std::size(kRareLines))] : kLines[pick(std::size(kLines))];
      arrive(chance(98) ? Line{text}
                        : Line{"", chance(50) ? Line::Fault::too_long : Line::Fault::forbidden_byte});
    } else if (asked_) {
      answer();
    }
    if (chance(1) && chance(20)) disturb();
    take_turn();
  }

  // A line comes behind those that wait, or is heard at once; what waits is told of.
  void arrive(Line line) {
    if (is_shaking()) return;  // it is TLS then
    waiting_.push_back(std::move(line));
    tell_of_waiting();
  }
  void tell_of_waiting() {
    for (Line& line : waiting_) {
      if (session_.accepts(line)) continue;
      const Actions actions = session_.line_waiting(line);
      if (!actions.empty()) line.took_effect = true;
      note("waits: " + std::string(line.text.view()), actions);
    }
  }
  void take_turn() {
    while (!closed_ && !waiting_.empty() && session_.accepts(waiting_.front())) {
      const Line line = waiting_.front();
      waiting_.pop_front();
      ++received_;
      note("> " + std::string(line.text.view()), session_.line_received(line));
      tell_of_waiting();
    }
  }

  void disturb() {
    switch (pick(3)) {
      case 0:
        is_closing_ = true;
        return note("service_closing", session_.service_closing());
      case 1:
        is_closing_ = true;
        return note("idle_expired", session_.idle_expired());
      default:
        if (session_.is_logged_in()) return;
        is_closing_ = true;
        return note("login_expired", session_.login_expired());
    }
  }

  int luck() { return chance(70) ? 0 : kErrors[pick(std::size(kErrors))]; }

  void answer() {
    const Action asked = *asked_;
    if (std::holds_alternative<StartTransfer>(asked)) return move_transfer();
    asked_.reset();
    if (std::holds_alternative<SecureControl>(asked)) {
      const Handshake how = chance(95)   ? Handshake::done
                            : chance(50) ? Handshake::not_begun
                                         : Handshake::failed;
      is_secured_ = how == Handshake::done;
      is_closing_ |= !is_secured_;
      note("shaken", session_.control_secured(how));
      EXPECT_TRUE(is_secured_ || closed_) << transcript_;
    } else if (std::holds_alternative<CheckPassword>(asked)) {
      const Rights rights{
          chance(70) ? Permissions::all() : Permissions::reading(), {}, chance(20) ? "/up" : "", "x"};
      if (chance(1)) return note("too busy", session_.login_not_now("Later."));
      note("password", session_.password_checked(chance(80) ? std::optional(rights) : std::nullopt));
    } else if (std::holds_alternative<RunFileRequest>(asked)) {
      const bool is_cancelled = std::exchange(is_aborted_, false) && chance(80);
      note("file", session_.file_request_done(
                       {.error = is_cancelled ? ECANCELED : luck(), .size = 5, .modified = 7}));
    } else {
      const auto at = chance(90) ? std::optional(socket_address("192.0.2.1", 2000)) : std::nullopt;
      note("listens", session_.listening(at));
    }
  }

  void move_transfer() {
    using enum TransferResult::Outcome;
    if (!is_open_ && chance(80)) {
      is_open_ = true;
      return note("opened",
                  session_.transfer_opened(chance(50) ? TransferOpening{9, {}} : TransferOpening{}));
    }
    if (chance(30)) return session_.progressed(pick(1000));
    constexpr std::array kOpenEnds = {complete,   no_connection, connection_lost, stalled,
                                      file_error, not_secured,   not_resumed,     cut};
    TransferResult result{.outcome = is_open_ ? kOpenEnds[pick(kOpenEnds.size())] : refused};
    if (is_aborted_ && chance(80)) result.outcome = aborted;
    if (result.outcome == refused || result.outcome == file_error)
      result.error = kErrors[pick(std::size(kErrors))];
    asked_.reset();
    is_open_ = is_aborted_ = false;
    note("finished", session_.transfer_finished(result));
  }

  // What was under way when the session closed may still be answered.
  void answer_late() {
    for (int i = 0; i < 4 && asked_; ++i) answer();
    EXPECT_TRUE(!closed_ || !session_.accepts({"NOOP"})) << transcript_;
  }

  void note(const std::string& event, const Actions& actions) {
    transcript_ += event + "   -> " + words(actions) + "\n";
    take(actions);
    if (!asked_ && !closed_) {
      EXPECT_TRUE(session_.is_idle()) << transcript_;
    }
  }

  void take(const Actions& actions) {
    for (const Action& action : actions) {
      EXPECT_FALSE(closed_) << "after the close:\n" << transcript_;
      if (const auto* sent = std::get_if<SendReply>(&action)) {
        take_reply(sent->reply.code);
      } else if (std::holds_alternative<SecureControl>(action)) {
        EXPECT_TRUE(!asked_ && !is_secured_ && !session_.is_logged_in()) << transcript_;
        asked_ = action;
        waiting_.clear();  // what came in the clear is not said under TLS
      } else if (std::holds_alternative<ExposeControl>(action)) {
        EXPECT_TRUE(is_secured_) << transcript_;
        is_secured_ = false;
      } else if (std::holds_alternative<CloseControl>(action)) {
        closed_ = true;
      } else if (std::holds_alternative<Abort>(action)) {
        EXPECT_TRUE(asked_ && can_be_aborted(*asked_) && !is_aborted_) << transcript_;
        is_aborted_ = true;
      } else if (std::holds_alternative<CheckPassword>(action) ||
                 std::holds_alternative<RunFileRequest>(action) ||
                 std::holds_alternative<ListenForData>(action) ||
                 std::holds_alternative<StartTransfer>(action)) {
        EXPECT_FALSE(asked_) << "two at a time:\n" << transcript_;
        asked_ = action;
        check_protection(action);
      }
    }
  }

  // As the policy says, and nothing is protected that is told of in the clear.
  void check_protection(const Action& action) {
    const TlsPolicy policy = session_.user() == "ftp" ? settings_.anonymous_tls : settings_.tls;
    if (std::holds_alternative<CheckPassword>(action)) {
      EXPECT_TRUE(is_secured_ ? policy != TlsPolicy::off : policy < TlsPolicy::require_login) << transcript_;
    }
    if (const auto* start = std::get_if<StartTransfer>(&action)) {
      const bool is_private = start->request.protection == Protection::tls;
      EXPECT_TRUE(is_private ? is_secured_ : policy != TlsPolicy::require_data) << transcript_;
      private_transfers_ += is_private ? 1 : 0;
    }
  }

  static bool can_be_aborted(const Action& action) {
    const auto* file = std::get_if<RunFileRequest>(&action);
    return std::holds_alternative<StartTransfer>(action) ||
           (file && file->request.kind == FileRequest::Kind::digest);
  }

  void take_reply(Code code) {
    if (is_final(code)) {
      ++final_replies_;
      is_preliminary_ = false;
    } else {
      EXPECT_FALSE(is_preliminary_) << "150 twice:\n" << transcript_;
      EXPECT_TRUE(is_open_) << transcript_;
      is_preliminary_ = true;
    }
  }

  // Each command is answered, but for the one that is under way; a 421 may come unasked, as the last.
  void check() {
    const int under_way = asked_ && !is_shaking() ? 1 : 0;  // AUTH has its 234 before the handshake
    if (is_closing_)
      EXPECT_LE(final_replies_, received_ + 1) << transcript_;
    else
      EXPECT_EQ(final_replies_ + (closed_ ? 0 : under_way), received_) << transcript_;
  }

  std::mt19937& random_;
  SessionSettings settings_{.banner = "Welcome."};
  Session session_{settings_, socket_address("192.0.2.1", 21), socket_address("192.0.2.7", 40000)};
  std::deque<Line> waiting_;
  std::optional<Action> asked_;  // and not answered yet
  std::string transcript_;
  int received_ = 0, final_replies_ = 0, private_transfers_ = 0;
  bool closed_ = false, is_closing_ = false, is_open_ = false, is_aborted_ = false, is_preliminary_ = false;
  bool is_secured_ = false;
};

TEST(RandomWalk, GivesEveryCommandOneFinalReplyAndNothingAfterTheClose) {
  int closed = 0, private_transfers = 0;
  for (std::uint32_t seed = 1; seed <= 30'000; ++seed) {
    std::mt19937 random(seed);
    Walk walk(random);
    walk.run(60);
    closed += walk.is_closed() ? 1 : 0;
    private_transfers += walk.private_transfers();
    ASSERT_FALSE(testing::Test::HasFailure()) << "seed " << seed << "\n" << walk.transcript();
  }
  EXPECT_GT(closed, 1000);  // the walk goes there at all
  EXPECT_GT(private_transfers, 1000);
}

}  // namespace
}  // namespace uvftpd
