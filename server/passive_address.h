// What PASV tells a client: `passive.rule` by the client's network, then `passive.address`, then the address
// that the client has reached.
//
// Resolves nothing itself: NameWatch says what the names stand for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/config.h"

namespace uvftpd {

struct ToldAddress {
  Address address;
  std::string_view key;  // of the configuration, that decides; a literal
};

class PassiveAddresses {
 public:
  explicit PassiveAddresses(const Config::Passive& passive);

  // Those that are to be resolved, each once. A name without an address is passed over.
  std::vector<std::string> names() const;
  std::optional<Address> address_of(const std::string& name) const;
  void take(const std::string& name, const Address& address) { addresses_[name] = address; }

  ToldAddress told_to(const Address& client, const Address& reached) const;

 private:
  const Config::Passive& passive_;
  std::map<std::string, Address> addresses_;
};

// Of a network of its own (RFC 1918, 4193, 6598), of a link or of the host.
bool is_private(const Address& address);

// Where no data connection can come about: a client from elsewhere is told a private address.
inline bool is_out_of_reach(const Address& told, const Address& client) {
  return is_private(told) && !is_private(client);
}

}  // namespace uvftpd
