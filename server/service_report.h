// Keeps the service manager informed from the control loop: that the daemon is ready, what it is doing, that
// it lives, that it ends. Costs nothing where there is no manager.
#pragma once

#include <cstdint>
#include <string>

#include "server/activity.h"
#include "server/service_manager.h"
#include "server/uv.h"

namespace uvftpd {

class ServiceReport {
 public:
  ServiceReport(uv::Loop& loop, const ServiceManager& manager);

  Activity& activity() { return activity_; }

  void ready();  // connections are accepted
  void stopping();
  void retire();  // somebody else tells from now on

 private:
  enum class State : std::uint8_t { silent, serving, stopping };

  std::string status() const;
  void changed();
  void tell_status();
  void tell_alive();
  void check(int error);

  const ServiceManager& manager_;
  State state_ = State::silent;
  std::string told_;        // the status
  uv::Timer status_timer_;  // runs: it was told a moment ago
  uv::Timer watchdog_timer_;
  enum class Hearing : std::uint8_t { good, lost } hearing_ = Hearing::good;
  Activity activity_;
};

}  // namespace uvftpd
