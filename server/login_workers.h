// Passwords are checked here, on threads of their own: a hash takes 20 ms and 16 MiB on purpose, and must
// hold up neither the loop nor the file work of the pool.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "auth/authenticator.h"
#include "protocol/secret.h"
#include "server/uv.h"

namespace uvftpd {

class LoginWorkers {
 public:
  enum class Verdict : std::uint8_t { accepted, refused };
  using OnVerdict = std::function<void(std::uint64_t session, Verdict verdict)>;  // on `loop`

  LoginWorkers(uv::Loop& loop, Authenticator authenticator, const OnVerdict& on_verdict);
  LoginWorkers(const LoginWorkers&) = delete;
  LoginWorkers& operator=(const LoginWorkers&) = delete;
  ~LoginWorkers();  // waits for the checks that run; drops those that wait

  enum class Submitted : std::uint8_t { queued, too_busy };
  // `place` is what has a share of the queue: no place may fill it, and who comes from a place where fewer
  // wait is checked earlier.
  Submitted submit(std::uint64_t session, const std::string& place, std::string user, Secret password);

 private:
  struct Check {
    std::uint64_t session;
    std::string place, user;
    Secret password;
    std::ptrdiff_t of_place;  // how many of the same place waited before it
  };
  struct Answer {
    std::uint64_t session;
    Verdict verdict;
  };
  void work();

  const Authenticator authenticator_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Check> waiting_;
  enum class State : std::uint8_t { open, closing } state_ = State::open;
  uv::Mailbox<Answer> answers_;
  std::vector<std::thread> threads_;
};

}  // namespace uvftpd
