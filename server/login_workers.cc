#include "server/login_workers.h"

#include <algorithm>

namespace uvftpd {
namespace {

constexpr std::size_t kMaxWaiting = 128;
constexpr std::ptrdiff_t kMaxWaitingOfOnePlace = 64;

}  // namespace

LoginWorkers::Submitted LoginWorkers::submit(std::uint64_t session, const std::string& place,
                                             std::string user, Secret password) {
  const auto of_place = std::ranges::count(waiting_, place, &Check::place);
  if (waiting_.size() >= kMaxWaiting || of_place >= kMaxWaitingOfOnePlace) return Submitted::too_busy;
  const auto behind =
      std::ranges::find_if(waiting_, [&](const Check& check) { return check.of_place > of_place; });
  waiting_.insert(behind, {session, place, std::move(user), std::move(password), of_place});
  begin_checks();
  return Submitted::queued;
}

void LoginWorkers::begin_checks() {
  for (Running& running : running_) {
    if (running || waiting_.empty()) continue;
    Check next = std::move(waiting_.front());
    waiting_.pop_front();
    begin(running, std::move(next));
  }
}

void LoginWorkers::begin(Running& running, Check check) {
  const std::uint64_t session = check.session;
  running.emplace(
      pool_, loop_,
      [this, check = std::move(check)]() mutable {
        const bool is_accepted = authenticator_.accepts(check.user, check.password);
        check.password.clear();
        return is_accepted ? Verdict::accepted : Verdict::refused;
      },
      [this, &running, session](Verdict verdict) {
        running.reset();
        begin_checks();
        on_verdict_(session, verdict);
      });
}

}  // namespace uvftpd
