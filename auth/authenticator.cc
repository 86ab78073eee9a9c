// The comparison is password_hash's; here is only whom to compare with.
#include "auth/authenticator.h"

#include <chrono>
#include <utility>

#include "auth/password_hash.h"

namespace uvftpd {
namespace {

std::chrono::steady_clock::duration time_of_a_check(const std::string& hash) {
  const auto begin = std::chrono::steady_clock::now();
  verify_password("any", hash);
  return std::chrono::steady_clock::now() - begin;
}

std::string slowest_of(const std::map<std::string, std::string, std::less<>>& hashes) {
  std::map<std::string_view, const std::string*> by_setting;
  for (const auto& [name, hash] : hashes) by_setting.emplace(cost_setting(hash), &hash);
  if (by_setting.empty()) return new_setting(HashCost::lasting);
  if (by_setting.size() == 1) return *by_setting.begin()->second;

  const std::string* slowest = by_setting.begin()->second;
  auto longest = std::chrono::steady_clock::duration::min();
  for (const auto& [setting, hash] : by_setting) {
    const auto taken = time_of_a_check(*hash);
    if (taken > longest) {
      longest = taken;
      slowest = hash;
    }
  }
  return *slowest;
}

}  // namespace

Authenticator::Authenticator(std::vector<Credential> credentials) {
  for (Credential& credential : credentials) {
    if (!is_usable_hash(credential.password_hash)) continue;  // locked entries above all
    hashes_.emplace(std::move(credential.name), std::move(credential.password_hash));
  }
  dummy_ = slowest_of(hashes_);
}

bool Authenticator::accepts(std::string_view name, std::string_view password) const {
  const auto found = hashes_.find(name);
  const bool known = found != hashes_.end();
  // The dummy is somebody's hash, so its answer counts for nothing.
  const bool matches = verify_password(password, known ? found->second : dummy_);
  return known && matches;
}

}  // namespace uvftpd
