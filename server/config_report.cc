// Rights are told from Rights, which the daemon itself goes by, so that the report cannot say otherwise.
#include "server/config_report.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "auth/password_hash.h"
#include "server/config_report_tls.h"
#include "server/config_value.h"
#include "server/passive_address.h"

namespace uvftpd {
namespace {

constexpr std::uint16_t kEndOfPermissions = static_cast<std::uint16_t>(Permission::mtime) << 1;

std::string deeds(const Permissions& permissions) {
  if (permissions == Permissions::all()) return "do everything";
  std::vector<std::string> names;
  for (std::uint16_t bit = 1; bit < kEndOfPermissions; bit = static_cast<std::uint16_t>(bit << 1)) {
    const auto permission = static_cast<Permission>(bit);
    if (permissions.has(permission)) names.emplace_back(to_string(permission));
  }
  return names.empty() ? "do nothing" : joined(names, " and ");
}

std::string network_text(const Network& network) {
  const unsigned whole = network.address.family == Address::Family::ipv4 ? 32 : 128;
  const std::string address = to_string(network.address);
  return network.prefix_length == whole ? address : address + '/' + std::to_string(network.prefix_length);
}

// A line a rule, in the order in which they are asked.
std::string told_addresses(const Config::Passive& passive) {
  const auto row = [](const std::string& who, const std::string& address) {
    const auto literal = parse_address(address);
    return "  clients from " + who + " are told " +
           (address.empty() ? "the address that they reached" : address) +
           (literal && is_private(*literal) ? ", which only neighbours can reach.\n" : ".\n");
  };
  std::string text;
  for (const PassiveRule& rule : passive.rules) {
    std::vector<std::string> networks;
    for (const Network& network : rule.clients) networks.push_back(network_text(network));
    text += row(joined(networks, " and "), rule.address);
  }
  return text + row(passive.rules.empty() ? "anywhere" : "anywhere else", passive.address);
}

std::string data_connections(const Config& config) {
  std::string text;
  if (config.active.enabled) {
    text += "Active data connections (PORT, EPRT) come from ";
    if (config.active.source_port == 0) {
      text += "any port.\n";
    } else {
      text += "port " + std::to_string(config.active.source_port);
      const bool falls_back = config.active.without_source_port == WithoutSourcePort::fallback;
      text += falls_back ? ", or from any where that one cannot be had.\n" : " and no other.\n";
    }
  }
  if (!config.passive.enabled) return text;
  text += "Passive data connections (PASV, EPSV) go to ports " + std::to_string(config.passive.ports.first) +
          " to " + std::to_string(config.passive.ports.last);
  const bool has_table = !config.passive.address.empty() || !config.passive.rules.empty();
  return text + (has_table ? ". What PASV tells:\n" + told_addresses(config.passive)
                           : ", and PASV tells the address that the client reached.\n");
}

std::string anonymous_access(const Config::Anonymous& anonymous) {
  if (!anonymous.enabled) return "There is no anonymous access.\n";
  const Rights rights = anonymous_rights(anonymous);
  std::string text =
      "An anonymous client may " + deeds(rights.elsewhere) + " everywhere below " + shown(anonymous.root);
  if (!rights.upload_directory.empty())
    text += ", but in " + shown(rights.upload_directory) + " of it " + deeds(rights.within);
  text += ".\n";
  if (anonymous.require_email) text += "An anonymous client must give an e-mail address as the password.\n";
  return text;
}

std::string access_of(const User& user) {
  const std::string who = "User " + shown(user.name);
  if (is_locked(user.password_hash)) return who + " is locked: no password lets this user in.\n";
  return who + " may " + deeds(user_rights(user).elsewhere) + " below " + shown(user.root) + ".\n";
}

std::vector<std::string_view> warnings(const Config& config) {
  const Config::Anonymous& anonymous = config.anonymous;
  const Rights rights = anonymous_rights(anonymous);
  const bool in_an_area = !rights.upload_directory.empty();
  const Permissions& area = in_an_area ? rights.within : rights.elsewhere;
  const bool a_user_can_log_in = std::any_of(config.users.begin(), config.users.end(),
                                             [](const User& user) { return !is_locked(user.password_hash); });

  std::vector<std::string_view> list;
  if (!anonymous.enabled && !a_user_can_log_in)
    list.emplace_back("nobody can log in: anonymous access is off and there is no user who is not locked");
  if (a_user_can_log_in && config.tls.mode == TlsPolicy::allow)
    list.emplace_back(
        "passwords may travel in the clear: tls.mode is \"allow\", and \"require-login\" would not let them");
  if (!anonymous.enabled) return list;
  if (anonymous.root == "/")
    list.emplace_back("anonymous clients see the whole file system: anonymous.root is \"/\"");
  if (!rights.elsewhere.has(Permission::download))
    list.emplace_back(
        "anonymous clients cannot download anything: set anonymous.upload_directory for the dropbox");
  if (area.has(Permission::upload) && area.has(Permission::download))
    list.emplace_back(
        "strangers can exchange files here: anonymous clients may download what others uploaded");
  if (area.has(Permission::overwrite) || area.has(Permission::remove))
    list.emplace_back("anonymous clients may overwrite and delete the files of others");
  return list;
}

}  // namespace

std::string describe(const Config& config) {
  std::vector<std::string> addresses;
  for (const SocketAddress& address : config.server.listen) addresses.push_back(to_string(address));
  std::string text = "The server listens on " + joined(addresses, " and ") + ".\n";
  text += data_connections(config);
  const TlsReport tls = report_tls(config);
  text += tls.sentences;
  text += anonymous_access(config.anonymous);
  for (const User& user : config.users) text += access_of(user);
  for (const std::string_view warning : warnings(config)) text += "Warning: " + std::string(warning) + ".\n";
  for (const std::string& warning : tls.warnings) text += "Warning: " + warning + ".\n";
  return text;
}

}  // namespace uvftpd
