#include "server/service_report.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "server/log.h"

namespace uvftpd {
namespace {

constexpr std::chrono::seconds kBetweenStatuses{3};

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

}  // namespace

ServiceReport::ServiceReport(uv::Loop& loop, const ServiceManager& manager)
    : manager_(manager),
      status_timer_(loop, [this] { tell_status(); }),
      watchdog_timer_(loop, [this] { tell_alive(); }),
      activity_([this] { changed(); }) {}

void ServiceReport::ready() {
  state_ = State::serving;
  told_ = status();
  check(manager_.tell_ready(told_));
  if (manager_.is_there()) tell_alive();
}

void ServiceReport::stopping() {
  state_ = State::stopping;
  told_ = status();
  check(manager_.tell_stopping(told_));
}

void ServiceReport::retire() {
  state_ = State::silent;
  status_timer_.stop();
  watchdog_timer_.stop();
}

std::string ServiceReport::status() const {
  return (state_ == State::stopping ? "closing, " : "") + counted(activity_.sessions(), "session") + ", " +
         counted(activity_.transfers(), "transfer");
}

// At once if nothing was told lately, else when it may be told again.
void ServiceReport::changed() {
  if (state_ == State::silent || !manager_.is_there() || status_timer_.is_started()) return;
  tell_status();
}

void ServiceReport::tell_status() {
  std::string now = status();
  if (now == told_) return;
  told_ = std::move(now);
  check(manager_.tell_status(told_));
  status_timer_.start(kBetweenStatuses);
}

// At half of the time that the manager waits, as sd_watchdog_enabled(3) advises.
void ServiceReport::tell_alive() {
  const auto patience = manager_.patience();
  if (!patience) return;
  check(manager_.tell_alive());
  const auto half = std::chrono::duration_cast<std::chrono::milliseconds>(*patience / 2);
  watchdog_timer_.start(std::max(half, std::chrono::milliseconds(1)));
}

// Once: it would come again and again.
void ServiceReport::check(int error) {
  if (error == 0 || std::exchange(hearing_, Hearing::lost) == Hearing::lost) return;
  log_event(Level::warning, "no-service-manager",
            {{"key", "NOTIFY_SOCKET"}, {"reason", std::strerror(error)}});
}

}  // namespace uvftpd
