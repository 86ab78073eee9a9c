#include "server/login_workers.h"

#include <algorithm>
#include <cstring>

#include "server/worker_thread.h"

namespace uvftpd {
namespace {

constexpr unsigned kThreads = 2;  // 32 MiB while both work
constexpr std::size_t kMaxWaiting = 128;
constexpr std::ptrdiff_t kMaxWaitingOfOnePlace = 64;

}  // namespace

LoginWorkers::LoginWorkers(uv::Loop& loop, Authenticator authenticator, const OnVerdict& on_verdict)
    : authenticator_(std::move(authenticator)),
      answers_(loop, [on_verdict](const Answer& answer) { on_verdict(answer.session, answer.verdict); }) {
  for (unsigned i = 0; i < kThreads; ++i) threads_.emplace_back(start_worker_thread([this] { work(); }));
}

LoginWorkers::~LoginWorkers() {
  {
    const std::lock_guard lock(mutex_);
    state_ = State::closing;
    waiting_.clear();
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

LoginWorkers::Submitted LoginWorkers::submit(std::uint64_t session, const std::string& place,
                                             std::string user, Secret password) {
  {
    const std::lock_guard lock(mutex_);
    const auto of_place = std::ranges::count(waiting_, place, &Check::place);
    if (waiting_.size() >= kMaxWaiting || of_place >= kMaxWaitingOfOnePlace) return Submitted::too_busy;
    const auto behind =
        std::ranges::find_if(waiting_, [&](const Check& check) { return check.of_place > of_place; });
    waiting_.insert(behind, {session, place, std::move(user), std::move(password), of_place});
  }
  changed_.notify_one();
  return Submitted::queued;
}

void LoginWorkers::work() {
  for (;;) {
    Check check;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return state_ == State::closing || !waiting_.empty(); });
      if (state_ == State::closing) return;
      check = std::move(waiting_.front());
      waiting_.pop_front();
    }
    const bool accepted = authenticator_.accepts(check.user, check.password);
    check.password.clear();
    answers_.post({check.session, accepted ? Verdict::accepted : Verdict::refused});
  }
}

}  // namespace uvftpd
