#include "server/fences.h"

#include <sys/prctl.h>

#include "server/landlock.h"
#include "server/log.h"
#include "server/seccomp.h"

namespace uvftpd {
namespace {

bool refuse(const char* key, const std::string& why) {
  log_event(Level::error, "no-fence", {{"key", key}, {"reason", why}});
  return false;
}

}  // namespace

bool Fences::put_up_files(const std::vector<int>& logs) {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (config_.sandbox.landlock == Fence::off) return true;
  const LandlockResult result = put_up_landlock(accounts_, logs);
  landlock_ = result.state == LandlockResult::State::up ? "up" : "down";
  if (result.state == LandlockResult::State::up) return true;
  if (config_.sandbox.landlock == Fence::require) return refuse("sandbox.landlock", result.text);
  const bool is_expected = result.state == LandlockResult::State::missing;
  log_event(is_expected ? Level::info : Level::warning, "no-fence",
            {{"key", "sandbox.landlock"}, {"reason", result.text}});
  return true;
}

bool Fences::put_up_calls(KernelTls kernel_tls) {
  make_port_rules_later();  // the pool's threads start with its first job: all are there now
  std::string seccomp = "off";
  if (config_.sandbox.seccomp != Fence::off) {
    const std::string trouble = put_up_seccomp(kernel_tls);
    seccomp = trouble.empty() ? "up" : "down";
    if (!trouble.empty() && config_.sandbox.seccomp == Fence::require)
      return refuse("sandbox.seccomp", trouble);
    if (!trouble.empty())
      log_event(Level::info, "no-fence", {{"key", "sandbox.seccomp"}, {"reason", trouble}});
  }
  log_event(Level::info, "fences", {{"openat2", "up"}, {"landlock", landlock_}, {"seccomp", seccomp}});
  return true;
}

void Fences::make_port_rules_later() {
  port_rules_.emplace(
      loop_,
      [&config = config_] {
        make_port_rules(config);
        return Made::yes;
      },
      [this](Made) {
        log_event(Level::debug, "fences", {{"ports", put_up_port_rules() ? "up" : "down"}});
        port_rules_.reset();
      });
}

}  // namespace uvftpd
