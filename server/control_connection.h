// One connected client: feeds the Session what happens on the control connection and carries out what it
// answers.
//
// It decides nothing about FTP. It dies only by its Server, from a clean stack.
//
//   open -> closing (the last reply leaves, the client's end is awaited) -> gone
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "protocol/line_buffer.h"
#include "protocol/session.h"
#include "server/control_stream.h"
#include "server/dtp.h"
#include "server/file_digest.h"
#include "server/job.h"
#include "server/login_workers.h"
#include "server/services.h"
#include "server/session_log.h"
#include "server/session_row.h"
#include "server/uv.h"

namespace uvftpd {

class ControlConnection final : ControlStream::User, Dtp::Owner {
 public:
  class Owner {
   public:
    // The connection is over. It must not be destroyed before the stack has unwound.
    virtual void retire(std::uint64_t session) = 0;
    virtual void admitted(std::uint64_t session) = 0;     // it has logged in
    virtual void will_answer(std::uint64_t session) = 0;  // answer() follows at the end of the loop's turn
    virtual void turn_over(std::uint64_t session) = 0;    // go_on() follows when the others had theirs

   protected:
    ~Owner() = default;
  };

  ControlConnection(Services& services, std::uint64_t id, uv::Tcp control, const SocketAddress& peer,
                    TlsStart tls_start, Owner& owner);
  ControlConnection(const ControlConnection&) = delete;
  ControlConnection& operator=(const ControlConnection&) = delete;
  ~ControlConnection();

  const SocketAddress& peer() const { return session_.peer(); }
  void password_checked(LoginWorkers::Verdict verdict);
  void service_closing();
  void answer();
  void go_on();
  void give_way();  // retires at once
  void kick();      // as well
  SessionRow row() const;

 private:
  enum class State : std::uint8_t { open, closing, gone };
  enum class Clock : std::uint8_t { none, login, idle, sending, closing };

  // ControlStream::User
  void received(std::string_view bytes) override;
  void ended(int status) override;
  void written(int status) override;
  void secured(Handshake handshake) override;
  // Dtp::Owner
  void transfer_opened(const TransferOpening& opening) override;
  void transfer_finished(const TransferResult& result) override;
  void replies_may_leave() override { event_over(); }

  void event_over();
  void take_lines();
  bool has_lines_left() const;
  bool hear_interrupts();
  void watch_input();
  bool is_too_much_unsent() const;
  void flush();
  void hear(const Line& line);
  void log_handshake(Handshake handshake) const;
  void begin_closing();
  void set_clock();
  void expired();
  void leave();

  void perform(Actions actions);
  void carry_out(SendReply& action);
  void carry_out(CheckPassword& action);
  void carry_out(SecureControl& action);
  void carry_out(ExposeControl& action);
  void carry_out(RunFileRequest& action);
  void carry_out(ListenForData& action);
  void carry_out(ConnectForData& action);
  void carry_out(ForgetData& action);
  void carry_out(StartTransfer& action);
  void carry_out(Abort& action);
  void carry_out(ReportRefusal& action);
  void carry_out(CloseControl& action);

  Address told_address(const Address& reached);
  void admit(const Account& account, std::string_view email);
  std::string_view key_of_refused_login() const;
  std::string place() const { return to_string(network_of(peer().host)); }
  void refuse();
  void file_request_done(const FileResult& result);
  void abort();
  Dtp& dtp();
  std::optional<DataTls> data_tls(const TransferRequest& request) const;
  void record(const TransferResult& result, std::optional<Code> reply);
  void tell_of_upload(const TransferRequest& request, std::uint64_t bytes, Milliseconds lasted);
  Speaker speaker() const { return {id_, peer().host, session_.user()}; }
  std::uint64_t now() const { return services_.loop.now(); }
  std::uint64_t lasted() const { return static_cast<std::uint32_t>(now()) - begun_; }  // 49 days at most
  const FileDigest* digest() const { return work_ && work_->digest ? &*work_->digest : nullptr; }

  // What a login or a transfer needs only while it lasts: an idle session pays nothing for it.
  struct LoginAttempt {
    LoginAttempt(uv::Loop& loop, std::function<void()> on_refusal)
        : asked(loop.now()), refusal(loop, std::move(on_refusal)) {}
    std::uint64_t asked;  // by the loop's clock
    uv::Timer refusal;
  };
  struct FileWork {
    explicit FileWork(FileRequest asked) : request(std::move(asked)) {}
    FileRequest request;
    std::optional<Job<FileResult>> job;
    std::optional<FileDigest> digest;  // instead of it
  };
  struct CurrentTransfer {
    CurrentTransfer(TransferRequest what, std::uint64_t now, Activity& activity)
        : request(std::move(what)), begun(now), counted(activity) {}
    TransferRequest request;
    std::uint64_t begun;     // by the loop's clock
    std::uint64_t size = 0;  // 0: not known
    Activity::Transfer counted;
  };

  Services& services_;
  std::uint64_t id_;
  Owner& owner_;
  ControlStream control_;
  Session session_;
  LineBuffer lines_;
  std::string unsent_;        // replies of the running turn
  Actions* queue_ = nullptr;  // of the perform() that runs
  SharedRoot root_;           // once logged in
  SharedPace* account_pace_ = nullptr;
  Pace pace_;  // of the transfers
  uv::Timer clock_timer_;
  std::unique_ptr<LoginAttempt> login_;
  std::unique_ptr<FileWork> work_;
  std::unique_ptr<Dtp> dtp_;
  std::unique_ptr<CurrentTransfer> transfer_;
  std::unique_ptr<std::string> email_;  // of an anonymous client, where there is a transfer log
  std::uint32_t begun_;                 // by the loop's clock, as far as it has room
  Code last_reply_ = {};
  State state_ = State::open;
  Clock clock_ = Clock::none;
  bool is_taking_ = false;     // take_lines() runs
  bool is_answering_ = false;  // answer() is to come
  bool is_waiting_for_turn_ = false;
  bool has_said_farewell_ = false;
  bool has_client_ended_ = false;  // the client has closed its sending side
  bool is_service_closing_ = false;
  bool is_anonymous_ = false;
  bool is_warned_of_address_ = false;  // that it cannot reach
};

}  // namespace uvftpd
