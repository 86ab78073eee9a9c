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
#include "server/dtp.h"
#include "server/file_digest.h"
#include "server/login_workers.h"
#include "server/services.h"
#include "server/uv.h"

namespace uvftpd {

class ControlConnection final : uv::Tcp::User, Dtp::Owner {
 public:
  class Owner {
   public:
    // The connection is over. It must not be destroyed before the stack has unwound.
    virtual void retire(std::uint64_t session) = 0;
    virtual void admitted(std::uint64_t session) = 0;   // it has logged in
    virtual void turn_over(std::uint64_t session) = 0;  // go_on() follows when the others had theirs

   protected:
    ~Owner() = default;
  };

  ControlConnection(Services& services, std::uint64_t id, uv::Tcp control, const SocketAddress& peer,
                    Owner& owner);
  ControlConnection(const ControlConnection&) = delete;
  ControlConnection& operator=(const ControlConnection&) = delete;
  ~ControlConnection();

  const SocketAddress& peer() const { return session_.peer(); }
  void password_checked(LoginWorkers::Verdict verdict);
  void service_closing();
  void go_on();
  void give_way();  // retires at once

 private:
  enum class State : std::uint8_t { open, closing, gone };
  enum class Clock : std::uint8_t { none, login, idle, sending, closing };

  // uv::Tcp::User
  void received(std::string_view bytes) override;
  void ended(int status) override;
  void written(int status) override;
  // Dtp::Owner
  void transfer_opened(const TransferOpening& opening) override;
  void transfer_finished(const TransferResult& result) override;
  void replies_may_leave() override { event_over(); }

  void event_over();
  enum class Lines : std::uint8_t { taken, left };
  Lines take_lines();
  bool hear_interrupts();
  void watch_input();
  bool is_too_much_unsent() const;
  void flush();
  void begin_closing();
  void set_clock();
  void expired();
  void leave();

  void perform(Actions actions);
  void carry_out(SendReply& action);
  void carry_out(CheckPassword& action);
  void carry_out(RunFileRequest& action);
  void carry_out(ListenForData& action);
  void carry_out(ConnectForData& action);
  void carry_out(ForgetData& action);
  void carry_out(StartTransfer& action);
  void carry_out(Abort& action);
  void carry_out(ReportRefusal& action);
  void carry_out(CloseControl& action);

  void admit(const Account& account, std::string_view name);
  std::string place() const { return to_string(network_of(peer().host)); }
  void refuse();
  void file_request_done(const FileResult& result);
  void abort();
  Dtp& dtp();
  void record(const TransferResult& result);
  std::uint64_t now() const { return services_.loop.now(); }

  // What a login or a transfer needs only while it lasts: an idle session pays nothing for it.
  struct LoginAttempt {
    LoginAttempt(uv::Loop& loop, std::function<void()> on_refusal)
        : asked(loop.now()), refusal(loop, std::move(on_refusal)) {}
    std::uint64_t asked;  // by the loop's clock
    uv::Timer refusal;
  };
  struct CurrentTransfer {
    TransferRequest request;
    std::uint64_t begun;  // by the loop's clock
  };

  Services& services_;
  std::uint64_t id_;
  Owner& owner_;
  uv::Tcp control_;
  Session session_;
  LineBuffer lines_;
  std::string unsent_;        // replies of the running event
  Actions* queue_ = nullptr;  // of the perform() that runs
  SharedRoot root_;           // once logged in
  SharedPace* account_pace_ = nullptr;
  Pace pace_;  // of the transfers
  uv::Timer clock_timer_;
  std::unique_ptr<LoginAttempt> login_;
  std::unique_ptr<uv::Job<FileResult>> file_job_;
  std::unique_ptr<FileDigest> digest_;
  std::unique_ptr<Dtp> dtp_;
  std::unique_ptr<CurrentTransfer> transfer_;
  State state_ = State::open;
  Clock clock_ = Clock::none;
  bool is_taking_ = false;  // take_lines() runs
  bool is_waiting_for_turn_ = false;
  bool has_client_ended_ = false;  // the client has closed its sending side
  bool is_service_closing_ = false;
  bool is_anonymous_ = false;
};

}  // namespace uvftpd
