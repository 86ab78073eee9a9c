#include "auth/login_throttle.h"

#include <algorithm>

namespace uvftpd {

unsigned LoginThrottle::failures(const std::string& place, Time now) const {
  const auto found = forgiven_at_.find(place);
  if (found == forgiven_at_.end() || found->second <= now) return 0;
  return static_cast<unsigned>((found->second - now + forgiving_ - Time(1)) / forgiving_);
}

void LoginThrottle::failed(const std::string& place, Time now) {
  if (burst_ == 0) return;
  if (!forgiven_at_.contains(place)) make_room(now);
  Time& forgiven = forgiven_at_[place];
  forgiven = std::min(std::max(forgiven, now) + forgiving_, now + burst_ * forgiving_);
}

void LoginThrottle::make_room(Time now) {
  if (forgiven_at_.size() < max_places_) return;
  std::erase_if(forgiven_at_, [now](const auto& place) { return place.second <= now; });
  if (forgiven_at_.size() < max_places_) return;
  const auto soonest = [](const auto& a, const auto& b) { return a.second < b.second; };
  forgiven_at_.erase(std::min_element(forgiven_at_.begin(), forgiven_at_.end(), soonest));
}

}  // namespace uvftpd
