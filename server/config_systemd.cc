#include "server/config_systemd.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

namespace uvftpd {
namespace {

namespace fs = std::filesystem;

// The unit's: ReadWritePaths=, LogsDirectory=, RuntimeDirectory=, ProtectHome=, PrivateTmp=, LimitNOFILE=.
constexpr const char* kWritable[] = {"/srv/ftp", "/var/log/uvftpd", "/run/uvftpd"};
constexpr const char* kHomes[] = {"/home", "/root", "/run/user"};
constexpr const char* kTemporary[] = {"/tmp", "/var/tmp"};
constexpr unsigned kSessions = 60'000;

constexpr std::uint16_t kFirstFreePort = 1024;
constexpr std::string_view kFile = "/etc/systemd/system/uvftpd.service.d/needed.conf";

enum class Use : std::uint8_t { reading, writing };

struct Need {
  fs::path path;
  Use use;
};

fs::path real(const fs::path& path) {
  std::error_code fault;
  const fs::path found = fs::weakly_canonical(path, fault);
  const fs::path normal = fault ? path.lexically_normal() : found;
  return normal.has_filename() || normal == "/" ? normal : normal.parent_path();
}

bool is_within(const fs::path& path, const fs::path& directory) {
  return std::mismatch(directory.begin(), directory.end(), path.begin(), path.end()).first == directory.end();
}

template <std::size_t Count>
bool is_within_any(const fs::path& path, const char* const (&directories)[Count]) {
  return std::ranges::any_of(directories, [&](const char* one) { return is_within(path, one); });
}

template <std::size_t Count>
bool is_any(const fs::path& path, const char* const (&directories)[Count]) {
  return std::ranges::any_of(directories, [&](const char* one) { return path == one; });
}

Use use_of(const Rights& rights) {
  const auto writes = [](const Permissions& permissions) {
    Permissions reading = permissions;
    reading.add(Permission::list);
    reading.add(Permission::download);
    return reading != Permissions::reading();
  };
  return writes(rights.elsewhere) || (!rights.upload_directory.empty() && writes(rights.within))
             ? Use::writing
             : Use::reading;
}

// In words of a unit file.
std::string quoted(const fs::path& path) {
  const std::string& text = path.native();
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '%') out += '%';
    out += c;
  }
  return text.find_first_of(" \t\"'\\:;#") == std::string::npos ? out : '"' + out + '"';
}

// ---- what is needed ----

// Of a root all of it, also where only a directory of it is written: a mount of its own within would be a
// border. Landlock tells them apart.
std::vector<Need> all_needs(const Config& config) {
  std::vector<Need> needs;
  if (config.anonymous.enabled)
    needs.push_back({real(config.anonymous.root), use_of(anonymous_rights(config.anonymous))});
  for (const User& user : config.users) needs.push_back({real(user.root), use_of(user_rights(user))});
  constexpr std::string_view kFilePrefix = "file:";
  if (config.log.target.starts_with(kFilePrefix))
    needs.push_back(
        {real(fs::path(config.log.target.substr(kFilePrefix.size())).parent_path()), Use::writing});
  if (!config.log.xferlog.empty())
    needs.push_back({real(fs::path(config.log.xferlog).parent_path()), Use::writing});
  if (!config.server.control_socket.empty())
    needs.push_back({real(fs::path(config.server.control_socket).parent_path()), Use::writing});
  if (!config.uploads.socket.empty())
    needs.push_back({real(fs::path(config.uploads.socket).parent_path()), Use::reading});
  if (config.tls.mode == TlsPolicy::off) return needs;
  for (const fs::path file : {config.tls.certificate, config.tls.key, config.tls.client_ca}) {
    if (file.empty()) continue;
    needs.push_back({real(file.parent_path()), Use::reading});
    needs.push_back({real(file).parent_path(), Use::reading});
  }
  return needs;
}

// In order, without those that another one covers or the unit does.
std::vector<Need> needs_beyond_unit(const Config& config) {
  std::vector<Need> needs = all_needs(config);
  std::ranges::sort(
      needs, [](const Need& a, const Need& b) { return a.path != b.path ? a.path < b.path : a.use > b.use; });
  std::vector<Need> kept;
  for (const Need& need : needs) {
    const bool is_hidden = is_within_any(need.path, kHomes) || is_within_any(need.path, kTemporary);
    const bool is_covered = std::ranges::any_of(kept, [&need](const Need& other) {
      return is_within(need.path, other.path) && other.use >= need.use;
    });
    const bool unit_has_it = !is_hidden && (need.use == Use::reading || is_within_any(need.path, kWritable));
    if (!is_covered && !unit_has_it) kept.push_back(need);
  }
  return kept;
}

// ---- lines ----

std::string places(const std::vector<Need>& needs) {
  std::string homes, temporary, lines;
  for (const Need& need : needs) {
    if (is_any(need.path, kHomes) && homes != "ProtectHome=no\n")
      homes = need.use == Use::writing ? "ProtectHome=no\n" : "ProtectHome=read-only\n";
    if (is_any(need.path, kTemporary)) temporary = "PrivateTmp=no\n";
  }
  const bool homes_open = !homes.empty(), temporary_open = !temporary.empty();
  for (const auto& [path, use] : needs) {
    const bool in_homes = is_within_any(path, kHomes), in_temporary = is_within_any(path, kTemporary);
    if (in_homes && !homes_open) homes = "# The other homes stay hidden.\nProtectHome=tmpfs\n";
    if ((in_homes && !homes_open) || (in_temporary && !temporary_open))
      lines += (use == Use::writing ? "BindPaths=" : "BindReadOnlyPaths=") + quoted(path) + '\n';
    else if (use == Use::writing)
      lines += "ReadWritePaths=" + quoted(path) + '\n';
  }
  return homes + temporary + lines;
}

std::string capabilities(const Config& config) {
  const auto is_privileged = [](std::uint16_t port) { return port > 0 && port < kFirstFreePort; };
  if (config.active.enabled && is_privileged(config.active.source_port)) return {};
  const auto listens = [&](const std::vector<SocketAddress>& addresses) {
    return std::ranges::any_of(addresses, is_privileged, &SocketAddress::port);
  };
  if (listens(config.server.listen) || listens(config.tls.implicit_listen))
    return "# Once its ports are open, it gives the capability for them up.\nSystemCallFilter=capset\n";
  return "# No port below 1024 is used.\nAmbientCapabilities=\nCapabilityBoundingSet=\n";
}

std::string descriptors(const Config& config) {
  if (config.limits.sessions <= kSessions) return {};
  return "# limits.sessions, and a transfer each.\nLimitNOFILE=" +
         std::to_string(std::min(config.limits.sessions * 4ULL, 1ULL << 20)) + '\n';
}

// The unit's own asks where the daemon listens by default.
std::string reload(const std::string& control_socket) {
  if (control_socket.empty()) return {};
  return "ExecReload=\nExecReload=/usr/sbin/uvftpd reload --socket " + quoted(fs::path(control_socket)) +
         '\n';
}

}  // namespace

std::string systemd_drop_in(const Config& config) {
  const std::string lines = places(needs_beyond_unit(config)) + capabilities(config) + descriptors(config) +
                            reload(config.server.control_socket);
  if (lines.empty()) return "# The configuration needs nothing beyond what uvftpd.service has.\n";
  return "# What the configuration needs beyond uvftpd.service. Put it into\n#   " + std::string(kFile) +
         "\n# then: systemctl daemon-reload && systemctl restart uvftpd\n[Service]\n" + lines;
}

}  // namespace uvftpd
