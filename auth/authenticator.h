// Who may log in with what: the users' names and hashes, asked with a name and a password.
//
// Blocking (crypt(3)): for worker threads, from several at once. Knows nothing of sessions, of anonymous
// logins and of delays. Its answer takes as long for an unknown name, a locked entry or an impossible
// password as for a wrong one.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace uvftpd {

struct Credential {
  std::string name;
  std::string password_hash;  // a crypt(3) string, or locked ("!", "*")
};

class Authenticator {
 public:
  // Names are told apart by their exact bytes; of two that are the same the first counts. Hashes of different
  // settings are tried once each, so that the slowest is known: a few milliseconds a setting.
  explicit Authenticator(std::vector<Credential> credentials);

  bool accepts(std::string_view name, std::string_view password) const;

 private:
  std::map<std::string, std::string, std::less<>> hashes_;  // by name; none for locked entries
  std::string dummy_;  // what is hashed against where there is nobody to compare with: the slowest hash
};

}  // namespace uvftpd
