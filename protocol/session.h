// One client's FTP session: the server's protocol interpreter (RFC 959's server-PI).
//
// A pure state machine. Events come in as calls, what the server must do comes out as actions, to be carried
// out in order. It makes no system call, owns no handle, reads no clock and never waits.
//
//   login_     none -> done                         (PASS directly behind USER; USER and REIN go back)
//   activity_  idle -> waiting -> idle              (one answer of the server's is outstanding)
//              idle -> transferring -> idle         (STAT is heard; ABOR takes effect, all else waits)
//              idle -> hashing -> idle              (likewise)
//              any  -> closed
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/action.h"
#include "protocol/command.h"
#include "protocol/line_buffer.h"
#include "protocol/permission.h"
#include "protocol/verb_table.h"

namespace uvftpd {

// What the configuration says to every session. Must outlive them.
struct SessionSettings {
  enum class Mode : std::uint8_t { offered, disabled };
  std::string banner;
  unsigned login_failures = 3;
  Mode active = Mode::offered;
  Mode passive = Mode::offered;
  std::uint32_t idle_seconds = 900;  // SITE IDLE may shorten it, not lengthen it
  TlsPolicy tls = TlsPolicy::off;    // off: AUTH is not offered
  TlsPolicy anonymous_tls = TlsPolicy::off;
};

class Session {
 public:
  // `local` and `peer` are the control connection's ends, un-mapped.
  Session(const SessionSettings& settings, const SocketAddress& local, const SocketAddress& peer,
          TlsStart tls_start = TlsStart::explicitly);

  // ---- events ----
  Actions connected();
  Actions line_received(const Line& line);  // only when accepts(line)
  // It must wait its turn; may be said more than once. With actions it took effect: Line::took_effect.
  Actions line_waiting(const Line& line);
  Actions control_secured(Handshake handshake);
  Actions password_checked(const std::optional<Rights>& granted);
  Actions file_request_done(const FileResult& result);
  Actions listening(const std::optional<SocketAddress>& told);
  Actions transfer_opened(const TransferOpening& opening);
  void progressed(std::uint64_t bytes) { progress_ = bytes; }
  Actions transfer_finished(const TransferResult& result);
  Actions idle_expired();
  Actions login_expired();
  Actions gave_way();  // to a new client, since all places are taken and this one is not logged in
  Actions login_not_now(std::string why);  // instead of password_checked()
  Actions kicked();                        // by the administrator
  Actions service_closing();               // a running transfer may end first

  // ---- what the server needs to know ----
  bool accepts(const Line& line) const;  // false while it must wait its turn
  std::optional<std::uint32_t> idle_seconds() const { return idle_seconds_; }  // if the client chose
  bool is_idle() const { return activity_ == Activity::idle; }
  bool is_at_work() const { return activity_ == Activity::transferring || activity_ == Activity::hashing; }
  bool is_logged_in() const { return login_ == Login::done; }
  const std::string& user() const { return user_; }
  std::string_view rights_key() const { return rights_.key; }
  const SocketAddress& local() const { return local_; }
  const SocketAddress& peer() const { return peer_; }
  static bool is_farewell(const Line& line);  // QUIT: after it the client may close its side

 private:
  friend struct VerbTable;  // names the handlers
  enum class Login : std::uint8_t { none, done };
  enum class Activity : std::uint8_t { idle, waiting, transferring, hashing, closed };
  enum class Ending : std::uint8_t { none, after_this };  // close once the activity is over

  // Handlers, one a verb; the guards of its row have been passed.
  void auth(const Command& command);
  void pbsz(const Command& command);
  void prot(const Command& command);
  void ccc(const Command& command);
  void user(const Command& command);
  void pass(const Command& command);
  void acct(const Command& command);
  void rein(const Command& command);
  void quit(const Command& command);
  void noop(const Command& command);
  void syst(const Command& command);
  void feat(const Command& command);
  void help(const Command& command);
  void opts(const Command& command);
  void lang(const Command& command);
  void clnt(const Command& command);
  void csid(const Command& command);
  void stat(const Command& command);
  void allo(const Command& command);
  void type(const Command& command);
  void mode(const Command& command);
  void stru(const Command& command);
  void pwd(const Command& command);
  void cwd(const Command& command);
  void cdup(const Command& command);
  void mkd(const Command& command);
  void rmd(const Command& command);
  void dele(const Command& command);
  void rnfr(const Command& command);
  void rnto(const Command& command);
  void mlst(const Command& command);
  void mlsd(const Command& command);
  void size(const Command& command);
  void mdtm(const Command& command);
  void mfmt(const Command& command);
  void site(const Command& command);
  void site_chmod(const Command& command);
  void site_help(const Command& command);
  void site_idle(const Command& command);
  void site_utime(const Command& command);
  void pasv(const Command& command);
  void epsv(const Command& command);
  void port(const Command& command);
  void eprt(const Command& command);
  void rest(const Command& command);
  void rang(const Command& command);
  void hash(const Command& command);
  void avbl(const Command& command);
  void retr(const Command& command);
  void stor(const Command& command);
  void stou(const Command& command);
  void appe(const Command& command);
  void list(const Command& command);
  void nlst(const Command& command);
  void abor(const Command& command);

  // Shared steps.
  void run_verb(const Verb& verb, Command command);
  bool resolve(const Verb& verb, std::string_view name, Command& command);
  void reply(Code code, std::string text);
  using OnSuccess = std::function<void(const FileResult&)>;
  void ask(FileRequest request, Code failure, OnSuccess on_success, Activity activity = Activity::waiting);
  void enter(const std::string& directory);
  void stat_path(Command command);
  void set_time(const std::string& path, const Moment& moment, OnSuccess on_success);
  void choose_digest(std::string_view name);
  void listen(PassiveForm form);
  void accept_port(const SocketAddress& address, const std::string& verb);
  void refuse_by_rule(const std::string& verb, std::string_view path, std::string_view rule, Reply refusal);
  void pass_on_restart(const Command& command);
  bool may_prepare_data(SessionSettings::Mode mode, const Command& command);
  void start(TransferRequest request, Code failure);
  void send_data_reply(const TransferResult& result);
  bool is_offered(const Verb& verb) const;
  TlsPolicy tls_policy(std::string_view user) const;
  bool may_log_in();
  void end_protection();
  void refuse_by_tls_policy(std::string_view verb, const std::string& path, Reply refusal);
  void forget_login();
  Legacy& legacy() { return left_ ? *left_ : *(left_ = std::make_unique<Legacy>()); }
  void activity_over();
  void bad_line(Code code, std::string text);
  void hang_up(std::string why);
  void close();
  Actions take() { return std::exchange(actions_, {}); }

  const SessionSettings* settings_;
  SocketAddress local_, peer_;
  std::string user_;
  std::string directory_ = "/";
  Rights rights_;
  std::unique_ptr<Legacy> left_;           // for the next command; mostly nothing
  std::uint64_t progress_ = 0;             // bytes of what is at work, for STAT
  std::unique_ptr<OnSuccess> on_success_;  // of the file request that is outstanding
  Code failure_code_ = Code::file_unavailable;
  Actions actions_;
  std::optional<std::uint32_t> idle_seconds_;  // SITE IDLE
  unsigned failures_ = 0;                      // wrong passwords
  std::uint16_t bad_lines_ = 0;                // since the login, or without one
  Login login_ = Login::none;
  Activity activity_ = Activity::idle;
  Ending ending_ = Ending::none;
  TlsStart tls_start_;
  Protection control_ = Protection::clear;
  Protection data_ = Protection::clear;
  bool has_buffer_size_ = false;  // PBSZ came
  Type type_ = Type::ascii;
  FactSet facts_ = FactSet::all();
  DigestAlgorithm digest_ = {};
  PassiveForm passive_form_ = PassiveForm::pasv;
  bool has_data_address_ = false;  // PASV, EPSV, PORT or EPRT came since the last transfer
  bool only_epsv_ = false;         // EPSV ALL (RFC 2428, section 4)
  bool is_aborting_ = false;       // what is at work is to end
};

}  // namespace uvftpd
