#include "server/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/syscall.h>

#include <cstring>

#include "server/descriptor.h"
#include "server/instrumented.h"
#include "server/jail.h"

namespace uvftpd {
namespace {

// Newer than Debian 12's header, older than its kernels from backports.
constexpr std::uint64_t kRefer = 1ULL << 13, kTruncate = 1ULL << 14, kDeviceControl = 1ULL << 15;
constexpr std::uint64_t kBindTcp = 1ULL << 0, kConnectTcp = 1ULL << 1;
constexpr std::uint64_t kAbstractSockets = 1ULL << 0, kSignals = 1ULL << 1;
constexpr int kFirstUseful = 2, kWithTruncate = 3, kWithTcp = 4, kWithDeviceControl = 5, kWithScopes = 6;

constexpr std::uint16_t kFirstClientPort = 1024;  // RFC 2577, section 3

struct RulesetAttributes {
  std::uint64_t files, network, scopes;
};

constexpr std::uint64_t kReading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kWriting = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                   LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                   LANDLOCK_ACCESS_FS_MAKE_REG | kRefer | kTruncate;

int abi_version() {
  return kIsInstrumented ? -1
                         : static_cast<int>(::syscall(SYS_landlock_create_ruleset, nullptr, 0,
                                                      LANDLOCK_CREATE_RULESET_VERSION));
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

  void allow(int beneath, std::uint64_t rights) {
    const landlock_path_beneath_attr rule{rights & known_, beneath};
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

void allow_account(FileRules& rules, const Account& account) {
  const int root = account.root->fd();
  rules.allow(root, may_write(account.rights.elsewhere) ? kReading | kWriting : kReading);
  if (account.rights.upload_directory.empty() || !may_write(account.rights.within)) return;
  const Descriptor within(open_beneath(root, account.rights.upload_directory, O_PATH));
  if (within.is_open()) rules.allow(within.get(), kReading | kWriting);
}

// A ruleset for ports alone would still forbid what REFER is for, moving files between directories.
Descriptor create_port_ruleset(const Accounts& accounts, int abi) {
  Descriptor ruleset = create_ruleset({kRefer, kBindTcp | kConnectTcp, 0}, abi);
  FileRules rules(ruleset, abi);
  for (const Account* account : accounts.all()) rules.allow(account->root->fd(), kRefer);
  return ruleset;
}

// Made with the first fence, since behind seccomp no ruleset can be.
struct PortRulesets {
  Descriptor none, some;
};
PortRulesets& port_rulesets() {
  static PortRulesets rulesets;
  return rulesets;
}

LandlockResult failed(const char* what) {
  return {LandlockResult::State::failed, std::string(what) + ": " + std::strerror(errno)};
}

}  // namespace

LandlockResult put_up_landlock(const Accounts& accounts, const std::vector<int>& logs) {
  const int abi = abi_version();
  if (abi < kFirstUseful)
    return {LandlockResult::State::missing,
            abi < 0 && errno == EPERM ? "not permitted" : "this kernel has none"};
  const Descriptor ruleset =
      create_ruleset({known_file_rights(abi), 0, abi >= kWithScopes ? kAbstractSockets | kSignals : 0}, abi);
  if (!ruleset.is_open()) return failed("landlock_create_ruleset");
  FileRules rules(ruleset, abi);
  for (const Account* account : accounts.all()) allow_account(rules, *account);
  for (const int directory : logs)
    rules.allow(directory, LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG);
  if (rules.error() != 0) return failed("landlock_add_rule");
  if (!restrict_this_thread(ruleset)) return failed("landlock_restrict_self");
  if (abi >= kWithTcp)
    port_rulesets() = {create_port_ruleset(accounts, abi), create_port_ruleset(accounts, abi)};
  return {LandlockResult::State::up, "version " + std::to_string(abi)};
}

// ---- ports ----

namespace {

struct PortRule {  // landlock_net_port_attr of newer headers
  std::uint64_t rights, port;
};
constexpr int kRulePort = 2;

void allow_ports(const Descriptor& ruleset, std::uint64_t right, PortRange ports) {
  for (std::uint64_t port = ports.first; port <= ports.last; ++port) {
    const PortRule rule{right, port};
    ::syscall(SYS_landlock_add_rule, ruleset.get(), kRulePort, &rule, 0);
  }
}

}  // namespace

void forbid_writing_and_executing() {
  const int abi = abi_version();
  if (abi < 1) return;
  constexpr std::uint64_t kMaking = LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                                    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                                    LANDLOCK_ACCESS_FS_MAKE_SYM;
  const std::uint64_t known = abi >= kFirstUseful ? known_file_rights(abi) : kRefer - 1;
  const Descriptor ruleset =
      create_ruleset({(kWriting | kMaking | LANDLOCK_ACCESS_FS_EXECUTE) & known, 0, 0}, abi);
  if (ruleset.is_open()) restrict_this_thread(ruleset);
}

void forbid_new_connections() {
  if (port_rulesets().none.is_open()) restrict_this_thread(port_rulesets().none);
}

void make_port_rules(const Config& config) {
  const Descriptor& ruleset = port_rulesets().some;
  if (!ruleset.is_open()) return;
  if (config.passive.enabled) allow_ports(ruleset, kBindTcp, config.passive.ports);
  if (!config.active.enabled) return;
  allow_ports(ruleset, kBindTcp, {config.active.source_port, config.active.source_port});
  allow_ports(ruleset, kBindTcp, {0, 0});  // any that is free
  allow_ports(ruleset, kConnectTcp, {kFirstClientPort, 65535});
}

bool put_up_port_rules() {
  return port_rulesets().some.is_open() && restrict_this_thread(port_rulesets().some);
}

}  // namespace uvftpd
