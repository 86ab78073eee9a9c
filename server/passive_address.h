// What PASV tells a client: `passive.rule` by the client's network, then `passive.address`, then the address
// that the client has reached.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "server/config.h"

namespace uvftpd {

class PassiveAddresses {
 public:
  // Resolves the names: blocks, so it is made before the loop runs. A name that has no address is reported in
  // `trouble` and passed over.
  PassiveAddresses(const Config::Passive& passive, std::string& trouble);

  Address told_to(const Address& client, const Address& reached) const;

 private:
  std::optional<Address> resolved(const std::string& name) const;

  const Config::Passive& passive_;
  std::map<std::string, Address> addresses_;
};

}  // namespace uvftpd
