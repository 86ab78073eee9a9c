// Each refuses a value at the value's own place, and leaves the field as it was.
#include "server/option_readers.h"

#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "auth/password_hash.h"
#include "protocol/path.h"
#include "server/config_text.h"

namespace uvftpd {
namespace {

constexpr std::size_t kMaxBanner = 500;

void read_permission_list(ValueReader& reader, Permissions& out) {
  out = {};
  for (const Value& one : *reader.list()) {
    ValueReader element = reader.element(one);
    const auto name = element.text();
    if (!name) continue;
    if (const auto permission = parse_permission(*name)) {
      out.add(*permission);
    } else {
      element.refuse(
          "be of list, download, upload, append, overwrite, rename, delete, mkdir, rmdir, chmod, mtime");
    }
  }
}

void read_addresses(const ValueReader& reader, const Value::List& list, std::vector<SocketAddress>& out) {
  out.clear();
  for (const Value& one : list) {
    ValueReader element = reader.element(one);
    const auto text = element.text();
    if (!text) continue;
    const auto address = parse_listen_address(*text);
    if (!address) {
      element.refuse("be addresses with a port such as \"0.0.0.0:21\" or \"[::]:21\"");
    } else if (address->port != 0 && std::ranges::count(out, *address) > 0) {
      element.refuse("name each address once");
    } else {
      out.push_back(*address);
    }
  }
}

}  // namespace

void read_listen(ValueReader& reader, Config& config) {
  const Value::List* const list = reader.list();
  if (list == nullptr) return;
  if (list->empty()) reader.tell("name at least one address");
  read_addresses(reader, *list, config.server.listen);
}

void read_implicit_listen(ValueReader& reader, Config& config) {
  if (const Value::List* const list = reader.list())
    read_addresses(reader, *list, config.tls.implicit_listen);
}

void read_banner(ValueReader& reader, Config& config) {
  const auto text = reader.text();
  if (!text) return;
  if (text->size() > kMaxBanner) {
    reader.tell("have at most 500 bytes");
  } else {
    config.server.banner = *text;
  }
}

void read_server_user(ValueReader& reader, Config& config) {
  if (const auto name = reader.text()) config.server.user = *name;
}

void read_ports(ValueReader& reader, Config& config) {
  const auto text = reader.text();
  if (!text) return;
  if (const auto range = parse_port_range(*text)) {
    config.passive.ports = *range;
  } else {
    reader.refuse("be ports in order such as \"49152-65535\", none below 1024");
  }
}

void read_told_address(ValueReader& reader, std::string& out) {
  const auto text = reader.text();
  if (!text) return;
  const auto address = parse_address(*text);
  const bool is_ipv4 = address && address->family == Address::Family::ipv4;
  if (text->empty() || is_ipv4 || looks_like_host_name(*text)) {
    out = *text;
  } else {
    reader.refuse("be an IPv4 address or the name of a host (PASV can tell no other)");
  }
}

void read_clients(ValueReader& reader, Config& config) {
  const Value::List* const list = reader.list();
  if (list == nullptr) return;
  if (list->empty()) reader.tell("name at least one network");
  for (const Value& one : *list) {
    ValueReader element = reader.element(one);
    const auto text = element.text();
    if (!text) continue;
    if (const auto network = parse_network(*text)) {
      config.passive.rules.back().clients.push_back(*network);
    } else {
      element.refuse("be networks such as \"10.0.0.0/8\" or \"2001:db8::/32\"");
    }
  }
}

void read_upload_directory(ValueReader& reader, Config& config) {
  const auto text = reader.text();
  if (!text) return;
  const auto path = resolve_path("/", *text);
  if (!path) return reader.refuse("be a path as the client sees it");
  // The root itself is the same as nothing said, and is written so, for one meaning to have one form.
  config.anonymous.upload_directory = *path == "/" ? "" : *path;
}

void read_user_name(ValueReader& reader, Config& config) {
  if (reader.string() == nullptr) return reader.refuse("be a string");
  const std::string& name = *reader.string();
  if (const auto fault = fault_of_user_name(name); !fault.empty())
    reader.tell(fault);
  else
    config.users.back().name = name;
}

// Says nothing of the value in a message: it may be the password itself.
void read_password(ValueReader& reader, Config& config) {
  const std::string* const hash = reader.string();
  if (hash == nullptr || !(is_locked(*hash) || is_usable_hash(*hash))) {
    reader.tell(
        "be a crypt(3) hash as `uvftpd hash-password` prints it, never clear text; \"!\" locks the user");
  } else {
    config.users.back().password_hash = *hash;
  }
}

void read_permissions(ValueReader& reader, Config& config) {
  Permissions& out = config.users.back().permissions;
  const std::string* const word = reader.string();
  if (reader.is_list())
    read_permission_list(reader, out);
  else if (word != nullptr && *word == "read")
    out = Permissions::reading();
  else if (word != nullptr && *word == "write")
    out = Permissions::all();
  else
    reader.refuse("be \"read\", \"write\" or a list of permissions");
}

void read_tls_policy(ValueReader& reader, TlsPolicy& out) {
  reader.read_word(out, {{"off", TlsPolicy::off},
                         {"allow", TlsPolicy::allow},
                         {"require-login", TlsPolicy::require_login},
                         {"require-data", TlsPolicy::require_data}});
}

void read_tls_policy(ValueReader& reader, std::optional<TlsPolicy>& out) {
  reader.read_word(out, {{"", std::nullopt},
                         {"off", TlsPolicy::off},
                         {"allow", TlsPolicy::allow},
                         {"require-login", TlsPolicy::require_login},
                         {"require-data", TlsPolicy::require_data}});
}

void read_log_level(ValueReader& reader, Config& config) {
  const std::vector<std::string> levels = {"trace", "debug", "info", "warn", "error", "critical", "off"};
  if (const auto index = reader.word_of(levels)) config.log.level = levels[*index];
}

void read_log_target(ValueReader& reader, Config& config) {
  const auto text = reader.text();
  if (!text) return;
  if (*text == "stderr" || (text->starts_with("file:/") && text->size() > 6)) {
    config.log.target = *text;
  } else {
    reader.refuse("be \"stderr\" or \"file:/absolute/path\"");
  }
}

void read_optional_path(ValueReader& reader, std::string& out) {
  if (reader.string() != nullptr && reader.string()->empty())
    out.clear();
  else
    reader.read_absolute_path(out);
}

void read_socket_path(ValueReader& reader, std::string& out) {
  read_optional_path(reader, out);
  if (out.size() >= sizeof(sockaddr_un::sun_path)) reader.refuse("be a path of at most 107 bytes");
}

}  // namespace uvftpd
