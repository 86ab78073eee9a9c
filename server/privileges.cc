#include "server/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace uvftpd {
namespace {

constexpr std::uint32_t kNone = 0, kPorts = 1U << CAP_NET_BIND_SERVICE;
constexpr std::uint16_t kFirstFreePort = 1024;

// Keeps what there is of `wanted`, as permitted and effective; nothing is inherited by anybody.
bool keep_capabilities(std::uint32_t wanted) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return false;
  const std::uint32_t kept = sets[0].permitted & wanted;
  const auto is_exactly = [](const __user_cap_data_struct& set, std::uint32_t what) {
    return set.permitted == what && set.effective == what && set.inheritable == 0;
  };
  const bool is_so = is_exactly(sets[0], kept) && is_exactly(sets[1], kNone);
  sets = {__user_cap_data_struct{kept, kept, 0}, {0, 0, 0}};
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  if (is_so) return true;  // the call may be forbidden
  return ::syscall(SYS_capset, &header, sets.data()) == 0;
}

// What can never be had again. Needs a right that only root has.
void bound_capabilities() {
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    if (capability != CAP_NET_BIND_SERVICE) ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

struct Identity {
  uid_t user = 0;
  gid_t group = 0;
  std::string name = {};  // none: without further groups
  std::string trouble = {};
};

Identity named(const std::string& name) {
  // cppcheck-suppress getpwnamCalled  // there is one thread yet
  const passwd* found = ::getpwnam(name.c_str());
  if (!found) return {.trouble = "server.user: there is no user " + name};
  if (found->pw_uid == 0) return {.trouble = "server.user: " + name + " is root"};
  return {found->pw_uid, found->pw_gid, name, {}};
}

Identity owner_of(const std::string& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) return {.trouble = directory + ": " + std::strerror(errno)};
  return {status.st_uid, status.st_gid, {}, {}};
}

Identity choose(const Config& config) {
  if (!config.server.user.empty()) return named(config.server.user);
  if (config.server.as_root == AsRoot::owner_of_root) return owner_of(config.anonymous.root);
  return {.trouble = "started as root: server.user must name whom to become"};
}

}  // namespace

std::string become_unprivileged(const Config& config) {
  if (::getuid() != 0 && ::geteuid() != 0) {
    keep_capabilities(kPorts);
    return {};
  }
  const Identity wanted = choose(config);
  if (!wanted.trouble.empty()) return wanted.trouble;
  bound_capabilities();
  ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
  const bool has_groups = wanted.name.empty() ? ::setgroups(0, nullptr) == 0
                                              : ::initgroups(wanted.name.c_str(), wanted.group) == 0;
  if (!has_groups || ::setresgid(wanted.group, wanted.group, wanted.group) != 0 ||
      ::setresuid(wanted.user, wanted.user, wanted.user) != 0)
    return std::string("server.user: ") + std::strerror(errno);
  keep_capabilities(kPorts);
  return {};
}

bool give_up_all_capabilities() { return keep_capabilities(kNone); }

bool give_up_ports_unless_active(const Config::Active& active) {
  const bool needs_port = active.enabled && active.source_port > 0 && active.source_port < kFirstFreePort;
  return needs_port || give_up_all_capabilities();
}

}  // namespace uvftpd
