// Passwords are checked here, on threads of their own: a hash takes 20 ms and 16 MiB on purpose, and must
// hold up neither the loop nor the file work of the pool.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "auth/authenticator.h"
#include "protocol/secret.h"
#include "server/job.h"
#include "server/uv.h"

namespace uvftpd {

class LoginWorkers {
 public:
  enum class Verdict : std::uint8_t { accepted, refused };
  using OnVerdict = std::function<void(std::uint64_t session, Verdict verdict)>;  // on `loop`

  LoginWorkers(uv::Loop& loop, Authenticator authenticator, OnVerdict on_verdict)
      : loop_(loop), authenticator_(std::move(authenticator)), on_verdict_(std::move(on_verdict)) {}
  LoginWorkers(const LoginWorkers&) = delete;
  LoginWorkers& operator=(const LoginWorkers&) = delete;
  ~LoginWorkers() = default;  // waits for the checks that run; drops those that wait

  enum class Submitted : std::uint8_t { queued, too_busy };
  // `place` is what has a share of the queue: no place may fill it, and who comes from a place where fewer
  // wait is checked earlier.
  Submitted submit(std::uint64_t session, const std::string& place, std::string user, Secret password);

 private:
  static constexpr unsigned kThreads = 2;  // 32 MiB while both work
  struct Check {
    std::uint64_t session;
    std::string place, user;
    Secret password;
    std::ptrdiff_t of_place;  // how many of the same place waited before it
  };
  using Running = std::optional<Job<Verdict>>;
  void begin_checks();
  void begin(Running& running, Check check);

  uv::Loop& loop_;
  const Authenticator authenticator_;
  const OnVerdict on_verdict_;
  std::deque<Check> waiting_;
  Pool pool_{kThreads};
  std::array<Running, kThreads> running_;  // behind the pool: forgotten before it ends
};

}  // namespace uvftpd
