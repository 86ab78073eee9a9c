// The accounts of the configuration: each with its rights, and its root opened once, at start.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/permission.h"
#include "server/config.h"
#include "server/pace.h"
#include "server/storage.h"

namespace uvftpd {

struct Account {
  SharedRoot root;
  std::string directory;  // its name, without a slash at its end
  Rights rights;
  std::unique_ptr<SharedPace> pace;  // of all its sessions together
};

class Accounts {
 public:
  // What could not be opened, for the log; empty when all is well.
  std::string open(const Config& config);

  // None where anonymous access is not offered.
  const Account* anonymous() const { return anonymous_ ? &*anonymous_ : nullptr; }
  const Account* find(std::string_view user) const;
  std::vector<const Account*> all() const;

 private:
  std::optional<Account> anonymous_;
  std::map<std::string, Account, std::less<>> users_;
};

// Something before an @. Behind it there may be nothing: clients of old say "anonymous@" and leave the host
// to the server.
bool looks_like_email(std::string_view text);

}  // namespace uvftpd
