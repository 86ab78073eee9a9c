#include "server/log_throttle.h"

#include <algorithm>
#include <utility>

namespace uvftpd {

std::optional<unsigned> LogThrottle::admit(const std::string& client, Clock::time_point now) {
  if (clients_.size() >= kMaxClients && !clients_.contains(client)) {
    std::erase_if(clients_, [now](const auto& entry) { return entry.second.paid_until <= now; });
    if (clients_.size() >= kMaxClients) clients_.clear();
  }
  Client& known = clients_[client];
  if (known.paid_until > now + kRefill * (kBurst - 1)) {
    ++known.left_out;
    return std::nullopt;
  }
  known.paid_until = std::max(known.paid_until, now) + kRefill;
  return std::exchange(known.left_out, 0);
}

}  // namespace uvftpd
