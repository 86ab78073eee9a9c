#include "server/accounts.h"

#include <cstring>

namespace uvftpd {
namespace {

// A path of the client's goes behind it.
std::string without_last_slash(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace

std::string Accounts::open(const Config& config) {
  std::string trouble;
  const auto open_one = [&trouble](const std::string& directory) {
    RootResult opened = open_root(directory);
    if (opened.error == 0) return std::move(opened.root);
    trouble += (trouble.empty() ? "" : "; ") + directory + ": " + std::strerror(opened.error);
    if (opened.error == ENOSYS) trouble += " (openat2(2) is needed)";
    return SharedRoot();
  };
  if (config.anonymous.enabled)
    anonymous_ =
        Account{open_one(config.anonymous.root), without_last_slash(config.anonymous.root),
                anonymous_rights(config.anonymous), std::make_unique<SharedPace>(config.anonymous.rate)};
  for (const User& user : config.users)
    users_[user.name] = {open_one(user.root), without_last_slash(user.root), user_rights(user),
                         std::make_unique<SharedPace>(user.rate)};
  return trouble;
}

const Account* Accounts::find(std::string_view user) const {
  const auto found = users_.find(user);
  return found == users_.end() ? nullptr : &found->second;
}

std::vector<const Account*> Accounts::all() const {
  std::vector<const Account*> accounts;
  if (anonymous_) accounts.push_back(&*anonymous_);
  for (const auto& [name, account] : users_) accounts.push_back(&account);
  return accounts;
}

bool looks_like_email(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0;
}

}  // namespace uvftpd
