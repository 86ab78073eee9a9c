// A control connection's bytes, in the clear or under TLS: whoever uses it says and hears FTP's lines only.
//
//   clear -> shaking -> secured -> exposing -> clear           (AUTH; REIN. Implicit TLS begins with shaking)
//                    -> failed                                 (what comes is thrown away)
//
// A handshake's arithmetic is done on the pool, so that it delays nobody; meanwhile nothing is read. Knows no
// FTP.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/protection.h"
#include "server/job.h"
#include "server/tls_engine.h"
#include "server/uv.h"

namespace uvftpd {

class ControlStream final : uv::Tcp::User {
 public:
  class User : public uv::Tcp::User {
   public:
    virtual void secured(Handshake handshake) = 0;  // follows secure()

   protected:
    ~User() = default;
  };

  ControlStream(uv::Tcp tcp, User& user) : tcp_(std::move(tcp)), user_(user) {}
  ControlStream(const ControlStream&) = delete;
  ControlStream& operator=(const ControlStream&) = delete;
  ~ControlStream() = default;

  void read();  // begins, or goes on after pause()
  void pause();
  void write(std::string bytes);  // while a handshake lasts they are dropped
  std::size_t unsent() const { return tcp_.unsent(); }
  int fd() const { return tcp_.fd(); }

  void secure(uv::Loop& loop, const TlsContext& context, TlsSessionScope scope);
  void expose();         // behind what is written; what comes is TLS until the client ends it
  void end_writing();    // says so to the client, where TLS has a word for it
  void offer_session();  // to the client, for one more data connection
  const TlsEngine* tls() const {
    return tls_ && tls_->state == State::secured ? tls_->engine.get() : nullptr;
  }
  bool is_shaking() const { return tls_ && tls_->state == State::shaking; }
  const TlsContext& context() const { return tls_->context; }  // of tls()
  std::string trouble() const;                                 // of a handshake that failed

 private:
  enum class State : std::uint8_t { shaking, failed, secured, exposing };
  using Engine = std::unique_ptr<TlsEngine>;
  struct Shaken {
    Engine engine;
    TlsEngine::Progress progress;
  };
  struct Tls {  // not a byte of it where there is no TLS
    Tls(uv::Loop& on, const TlsContext& of, TlsSessionScope scope)
        : loop(on),
          context(of),
          engine(std::make_unique<TlsEngine>(of, scope, TlsEngine::Use::control_connection)) {}
    uv::Loop& loop;
    TlsContext context;
    Engine engine;  // none while the pool has it
    State state = State::shaking;
    bool has_begun = false;
    std::optional<Job<Shaken>> job;
  };

  void received(std::string_view bytes) override;
  void ended(int status) override;
  void written(int status) override { user_.written(status); }

  void shake_hands(std::string_view bytes);
  void shaken(Shaken result);
  void take_decrypted();
  void take_last();
  void send_outgoing();

  uv::Tcp tcp_;
  User& user_;
  std::unique_ptr<Tls> tls_;  // none: in the clear
};

}  // namespace uvftpd
