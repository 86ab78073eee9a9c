#include "server/passive_address.h"

#include <netdb.h>

#include <algorithm>
#include <memory>

#include "server/socket.h"

namespace uvftpd {
namespace {

std::optional<Address> look_up(const std::string& name) {
  if (const auto literal = parse_address(name)) return literal;
  addrinfo hints{};
  hints.ai_family = AF_INET;  // 227 has room for no other
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &list) != 0 || !list) return std::nullopt;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(list, ::freeaddrinfo);
  SystemAddress address;
  std::copy_n(reinterpret_cast<const char*>(list->ai_addr), list->ai_addrlen,
              reinterpret_cast<char*>(address.get()));
  return address.parsed().host;
}

}  // namespace

PassiveAddresses::PassiveAddresses(const Config::Passive& passive, std::string& trouble) : passive_(passive) {
  const auto add = [&](const std::string& name) {
    if (name.empty() || addresses_.contains(name)) return;
    if (const auto address = look_up(name))
      addresses_[name] = *address;
    else
      trouble += (trouble.empty() ? "" : ", ") + name;
  };
  add(passive.address);
  for (const PassiveRule& rule : passive.rules) add(rule.address);
}

std::optional<Address> PassiveAddresses::resolved(const std::string& name) const {
  const auto found = addresses_.find(name);
  return found == addresses_.end() ? std::nullopt : std::optional(found->second);
}

Address PassiveAddresses::told_to(const Address& client, const Address& reached) const {
  for (const PassiveRule& rule : passive_.rules) {
    const bool matches = std::any_of(rule.clients.begin(), rule.clients.end(),
                                     [&client](const Network& network) { return network.contains(client); });
    if (matches) return resolved(rule.address).value_or(reached);
  }
  return resolved(passive_.address).value_or(reached);
}

}  // namespace uvftpd
