#include "server/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cstring>

#include "server/descriptor.h"
#include "server/jail.h"

namespace uvftpd {
namespace {

// Newer than Debian 12's header, older than its kernels from backports.
constexpr std::uint64_t kRefer = 1ULL << 13, kTruncate = 1ULL << 14, kDeviceControl = 1ULL << 15;
constexpr std::uint64_t kBindTcp = 1ULL << 0, kConnectTcp = 1ULL << 1;
constexpr std::uint64_t kAbstractSockets = 1ULL << 0, kSignals = 1ULL << 1;
constexpr int kFirstUseful = 2, kWithTruncate = 3, kWithTcp = 4, kWithDeviceControl = 5, kWithScopes = 6;

struct RulesetAttributes {
  std::uint64_t files, network, scopes;
};

constexpr std::uint64_t kReading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWriting = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                   LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                   LANDLOCK_ACCESS_FS_MAKE_REG | kRefer | kTruncate;

// A sanitizer reads and writes files of its own, mostly at the very end.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsPossible = false;
#else
constexpr bool kIsPossible = true;
#endif

int abi_version() {
  return kIsPossible ? static_cast<int>(::syscall(SYS_landlock_create_ruleset, nullptr, 0,
                                                  LANDLOCK_CREATE_RULESET_VERSION))
                     : -1;
}

std::uint64_t known_file_rights(int abi) {
  std::uint64_t rights = kRefer | (kRefer - 1);
  if (abi >= kWithTruncate) rights |= kTruncate;
  if (abi >= kWithDeviceControl) rights |= kDeviceControl;
  return rights;
}

Descriptor create_ruleset(const RulesetAttributes& attributes, int abi) {
  // An older kernel refuses fields that it does not know.
  const std::size_t size = abi >= kWithScopes ? sizeof attributes : abi >= kWithTcp ? 16 : 8;
  return Descriptor(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0)));
}

bool restrict_this_thread(const Descriptor& ruleset) {
  return ::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) == 0;
}

class FileRules {
 public:
  FileRules(const Descriptor& ruleset, int abi) : ruleset_(ruleset), known_(known_file_rights(abi)) {}

  // A path that is not there needs no rule.
  void allow(const std::string& path, std::uint64_t rights) {
    allow(Descriptor(::open(path.c_str(), O_PATH | O_CLOEXEC)), rights);
  }
  void allow(const Descriptor& beneath, std::uint64_t rights) {
    if (!beneath.is_open()) return;
    const landlock_path_beneath_attr rule{rights & known_, beneath.get()};
    if (::syscall(SYS_landlock_add_rule, ruleset_.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
      error_ = errno;
  }
  int error() const { return error_; }

 private:
  const Descriptor& ruleset_;
  std::uint64_t known_;
  int error_ = 0;
};

bool may_write(const Permissions& permissions) {
  Permissions reading = permissions;
  reading.add(Permission::list);
  reading.add(Permission::download);
  return reading != Permissions::reading();
}

void allow_root(FileRules& rules, const std::string& root, const Rights& rights) {
  rules.allow(root, may_write(rights.elsewhere) ? kReading | kWriting : kReading);
  if (rights.upload_directory.empty() || !may_write(rights.within)) return;
  const Descriptor opened(::open(root.c_str(), O_PATH | O_CLOEXEC));
  if (opened.is_open())
    rules.allow(Descriptor(open_beneath(opened.get(), rights.upload_directory, O_PATH)), kReading | kWriting);
}

Descriptor& no_connections() {
  static Descriptor ruleset;
  return ruleset;
}

LandlockResult failed(const char* what) {
  return {LandlockResult::State::failed, std::string(what) + ": " + std::strerror(errno)};
}

}  // namespace

LandlockResult put_up_landlock(const Config& config) {
  const int abi = abi_version();
  if (abi < kFirstUseful)
    return {LandlockResult::State::missing,
            abi < 0 && errno == EPERM ? "not permitted" : "this kernel has none"};
  const Descriptor ruleset =
      create_ruleset({known_file_rights(abi), 0, abi >= kWithScopes ? kAbstractSockets | kSignals : 0}, abi);
  if (!ruleset.is_open()) return failed("landlock_create_ruleset");
  FileRules rules(ruleset, abi);
  if (config.anonymous.enabled) allow_root(rules, config.anonymous.root, anonymous_rights(config.anonymous));
  for (const User& user : config.users) allow_root(rules, user.root, user_rights(user));
  // The names of owners in listings.
  for (const auto* file : {"/etc/passwd", "/etc/group", "/etc/nsswitch.conf"})
    rules.allow(file, LANDLOCK_ACCESS_FS_READ_FILE);
  if (rules.error() != 0) return failed("landlock_add_rule");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return failed("no_new_privs");
  if (!restrict_this_thread(ruleset)) return failed("landlock_restrict_self");
  if (abi >= kWithTcp) no_connections() = create_ruleset({0, kBindTcp | kConnectTcp, 0}, abi);
  return {LandlockResult::State::up, "version " + std::to_string(abi)};
}

void forbid_new_connections() {
  if (no_connections().is_open()) restrict_this_thread(no_connections());
}

}  // namespace uvftpd
