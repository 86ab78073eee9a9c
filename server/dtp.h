// One client's data transfer process (RFC 959's server-DTP) as the control loop sees it: the data connection
// until it stands, then whoever moves its bytes.
//
//   idle -> opening -> opened -> connecting -> moving -> idle           abort() ends it from anywhere
//
// The file is opened on the pool, or here if that cannot wait; the first bytes move here, what is more than a
// turn's worth goes to a data loop.
#pragma once

#include <memory>
#include <optional>

#include "protocol/action.h"
#include "server/job.h"
#include "server/services.h"
#include "server/transfer_runner.h"
#include "server/uv.h"

namespace uvftpd {

class Dtp final : TransferRunner::Owner {
 public:
  class Owner {
   public:
    virtual void transfer_opened(const TransferOpening& opening) = 0;
    virtual void transfer_finished(const TransferResult& result) = 0;
    // The client is to see what was said before its bytes move: may_connect() follows, unless the session is
    // gone; abort() may come first.
    virtual void replies_may_leave() = 0;

   protected:
    ~Owner() = default;
  };

  Dtp(Services& services, const SocketAddress& local, const SocketAddress& peer, Owner& owner);
  Dtp(const Dtp&) = delete;
  Dtp& operator=(const Dtp&) = delete;
  ~Dtp();

  // What was prepared before is dropped. None: no port can be had.
  std::optional<SocketAddress> listen();
  void connect_to(const SocketAddress& target);
  void forget();

  // transfer_opened() follows unless it is refused; then exactly one transfer_finished(). They may come
  // before this returns.
  void start(const SharedRoot& root, const TransferRequest& request, Pacing pacing,
             std::optional<DataTls> tls);
  void may_connect();
  void abort();  // transfer_opened() and transfer_finished() may come before it returns

  std::uint64_t transferred() const { return file_ ? file_->transferred.load() : 0; }
  bool is_idle() const { return state_ == State::idle; }
  bool is_prepared() const { return listener_.is_open() || accepted_.is_open() || target_; }

 private:
  using Outcome = TransferResult::Outcome;
  enum class State : std::uint8_t { idle, opening, opened, connecting, moving };

  void opened(OpenedTransfer result);
  void connect();
  void watch_listener();
  void accept();
  void reach_out();
  void find_no_connection();
  void reached();
  void connected(Descriptor socket);
  void hand_over(std::unique_ptr<Transfer> transfer);
  void finish(Outcome outcome, int error = 0);
  void finish(const TransferResult& result);
  void transfer_over(TransferRunner& runner, const TransferResult& result) override;
  void transfer_outgrew(TransferRunner& runner, std::unique_ptr<Transfer> transfer) override;

  Services& services_;
  SocketAddress local_, peer_;  // the control connection's ends
  Owner& owner_;
  State state_ = State::idle;

  // Until the connection stands.
  Descriptor listener_;
  Descriptor accepted_;  // the client came before its command
  std::uint16_t last_port_ = 0;
  std::optional<SocketAddress> target_;
  Descriptor reaching_;  // connecting to target_
  std::optional<uv::Poll> poll_;
  uv::Timer open_timer_;  // idle: until the listener is watched; connecting: data_open

  // While a transfer lives.
  std::optional<Job<OpenedTransfer>> open_job_;
  Pacing pacing_;
  std::optional<DataTls> tls_;
  std::unique_ptr<Transfer> transfer_;
  SharedFile file_;
  std::optional<TransferRunner> here_;
  std::optional<HandedOver> there_;
};

}  // namespace uvftpd
