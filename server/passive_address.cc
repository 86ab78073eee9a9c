#include "server/passive_address.h"

#include <algorithm>

namespace uvftpd {
namespace {

using Family = Address::Family;

// IPv4: 10/8, 100.64/10, 127/8, 169.254/16, 172.16/12, 192.168/16. IPv6: ::1, fc00::/7, fe80::/10.
const Network kPrivateNetworks[] = {
    {{Family::ipv4, {10}}, 8},        {{Family::ipv4, {100, 64}}, 10},   {{Family::ipv4, {127}}, 8},
    {{Family::ipv4, {169, 254}}, 16}, {{Family::ipv4, {172, 16}}, 12},   {{Family::ipv4, {192, 168}}, 16},
    {*parse_address("::1"), 128},     {{Family::ipv6, {0xfc, 0x00}}, 7}, {{Family::ipv6, {0xfe, 0x80}}, 10}};

}  // namespace

PassiveAddresses::PassiveAddresses(const Config::Passive& passive) : passive_(passive) {
  const auto add = [this](const std::string& text) {
    if (const auto literal = parse_address(text)) addresses_[text] = *literal;
  };
  add(passive.address);
  for (const PassiveRule& rule : passive.rules) add(rule.address);
}

std::vector<std::string> PassiveAddresses::names() const {
  std::vector<std::string> names;
  const auto add = [&names](const std::string& text) {
    if (!text.empty() && !parse_address(text) && std::ranges::count(names, text) == 0) names.push_back(text);
  };
  add(passive_.address);
  for (const PassiveRule& rule : passive_.rules) add(rule.address);
  return names;
}

std::optional<Address> PassiveAddresses::address_of(const std::string& name) const {
  const auto found = addresses_.find(name);
  return found == addresses_.end() ? std::nullopt : std::optional(found->second);
}

ToldAddress PassiveAddresses::told_to(const Address& client, const Address& reached) const {
  for (const PassiveRule& rule : passive_.rules) {
    const bool matches = std::any_of(rule.clients.begin(), rule.clients.end(),
                                     [&client](const Network& network) { return network.contains(client); });
    if (matches) return {address_of(rule.address).value_or(reached), "passive.rule"};
  }
  return {address_of(passive_.address).value_or(reached), "passive.address"};
}

bool is_private(const Address& address) {
  return std::ranges::any_of(kPrivateNetworks,
                             [&](const Network& network) { return network.contains(address); });
}

}  // namespace uvftpd
