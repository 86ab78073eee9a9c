#include "server/daemon.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "server/digest.h"
#include "server/entry_writer.h"
#include "server/fences.h"
#include "server/log.h"
#include "server/privileges.h"
#include "server/server.h"
#include "server/time_slice.h"

namespace uvftpd {
namespace {

constexpr unsigned kMaxDataLoops = 4;
constexpr std::chrono::seconds kForgiving{10};  // one failed login
constexpr std::size_t kMaxPlaces = 4096;        // whose failed logins are remembered
constexpr std::size_t kControlBuffer = 64 * 1024;

// The bound is the administrator's; the soft limit is only a habit of old programs that use select(2).
void use_all_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// What is left when no more clients are accepted is for the work of those who are in.
int last_control_descriptor() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return INT_MAX;
  const rlim_t reserve = std::min<rlim_t>(limit.rlim_cur / 4, 64 + limit.rlim_cur / 64);
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur - reserve, INT_MAX));
}

ExitStatus status_for(int error) {
  if (error == EADDRINUSE) return ExitStatus::try_again;
  return error == EACCES || error == EPERM ? ExitStatus::not_permitted : ExitStatus::failed;
}

ExitStatus fail(ExitStatus status, std::string_view what, const std::string& where, const std::string& why) {
  log_event(Level::error, what, {{"where", where}, {"reason", why}});
  return status;
}

// Threads share one heap: there is little that they allocate, an arena each would cost memory, and the C
// library opens a file when it shrinks one, which behind the fences it cannot.
void share_one_heap() { ::mallopt(M_ARENA_MAX, 1); }

SessionSettings session_settings(const Config& config) {
  using Mode = SessionSettings::Mode;
  return {.banner = config.server.banner,
          .login_failures = config.limits.login_failures,
          .active = config.active.enabled ? Mode::offered : Mode::disabled,
          .passive = config.passive.enabled ? Mode::offered : Mode::disabled,
          .idle_seconds = static_cast<std::uint32_t>(
              std::chrono::ceil<std::chrono::seconds>(config.timeouts.idle).count())};
}

Authenticator authenticator(const Config& config) {
  std::vector<Credential> credentials;
  for (const User& user : config.users) credentials.push_back({user.name, user.password_hash});
  return Authenticator(std::move(credentials));
}

std::string ready_line(pid_t pid, const std::vector<SocketAddress>& addresses) {
  std::string line = R"({"event":"ready","pid":)" + std::to_string(pid) + R"(,"listen":[)";
  for (std::size_t i = 0; i < addresses.size(); ++i)
    line += std::string(i ? "," : "") + R"({"address":")" + to_string(addresses[i].host) + R"(","port":)" +
            std::to_string(addresses[i].port) + "}";
  return line + R"(],"version":")" UVFTPD_VERSION "\"}\n";
}

std::string invitation(const Config& config, const std::vector<SocketAddress>& addresses) {
  const std::string url = "ftp://" + to_string(addresses.front()) + "/";
  const bool is_writable = config.anonymous.write == AnonymousWrite::full;
  return "Sharing " + config.anonymous.root + (is_writable ? " for reading and writing" : " for reading") +
         " at " + url + "\nTry:  curl " + url + "\nEnd with Ctrl-C.\n";
}

void announce(Announce how, pid_t pid, const Config& config, const std::vector<SocketAddress>& addresses) {
  if (how == Announce::nothing) return;
  const std::string text =
      how == Announce::ready_line ? ready_line(pid, addresses) : invitation(config, addresses);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

// What the loop serves, in the order in which it may be made and, backwards, ended.
class Daemon {
 public:
  explicit Daemon(const Config& config)
      : config_(config), settings_(session_settings(config)), fences_(loop_, config, accounts_) {}

  ExitStatus run(Announce how) {
    if (const std::string trouble = accounts_.open(config_); !trouble.empty())
      return fail(ExitStatus::bad_configuration, "no-root", "anonymous.root or user.root", trouble);
    if (const int error = transfer_log_.open(config_.log.xferlog); error != 0)
      return fail(status_for(error), "no-transfer-log", config_.log.xferlog, std::strerror(error));
    Listeners listeners = open_listeners(config_.server.listen);
    if (const auto& fault = listeners.fault)
      return fail(status_for(fault->error), "cannot-listen", to_string(fault->address),
                  std::strerror(fault->error));
    if (!give_up_ports_unless_active(config_.active))
      log_event(Level::warning, "no-fence", {{"key", "capabilities"}, {"reason", std::strerror(errno)}});
    std::string unknown;
    const PassiveAddresses passive_addresses(config_.passive, unknown);
    if (!unknown.empty())
      log_event(Level::warning, "unknown-host", {{"key", "passive.address"}, {"names", unknown}});

    // What files of the machine are needed for is done before they are out of reach.
    prepare_listings();
    load_digests();
    if (!fences_.put_up_files()) return ExitStatus::failed;
    std::vector<char> buffer(kControlBuffer);
    LoginWorkers logins(loop_, authenticator(config_),
                        [this](std::uint64_t session, LoginWorkers::Verdict verdict) {
                          if (server_) server_->password_checked(session, verdict);
                        });
    LoginThrottle throttle(config_.limits.login_failures_per_address, kForgiving, kMaxPlaces);
    const unsigned count = std::clamp(std::thread::hardware_concurrency(), 1U, kMaxDataLoops);
    DataLoops data_loops(loop_, count, config_.timeouts.stalled);
    DigestSlots digest_slots(loop_);
    Services services{.loop = loop_,
                      .config = config_,
                      .settings = settings_,
                      .accounts = accounts_,
                      .passive_addresses = passive_addresses,
                      .logins = logins,
                      .throttle = throttle,
                      .data_loops = data_loops,
                      .digest_slots = digest_slots,
                      .transfer_log = transfer_log_,
                      .workspace = {Workspace::Place::control_loop, buffer, nullptr},
                      .last_descriptor = last_control_descriptor()};
    return serve(services, std::move(listeners), how);
  }

 private:
  ExitStatus serve(Services& services, Listeners listeners, Announce how) {
    server_.emplace(services, std::move(listeners), [this] { loop_.stop(); });
    const uv::Signal terminate(loop_, SIGTERM, [this] { on_signal(); });
    const uv::Signal interrupt(loop_, SIGINT, [this] { on_signal(); });
    ask_for_short_time_slices();
    if (!fences_.put_up_calls()) {
      server_.reset();
      return ExitStatus::failed;
    }
    announce(how, pid_, config_, server_->addresses());
    loop_.run();
    server_.reset();
    return ExitStatus::ok;
  }

  // The first asks, the second tells.
  void on_signal() {
    log_event(Level::info, "closing", {});
    if (std::exchange(asked_to_close_, Asked::yes) == Asked::yes)
      server_->close_now();
    else
      server_->close();
  }

  enum class Asked : std::uint8_t { no, yes };
  const pid_t pid_ = ::getpid();
  const Config& config_;
  const SessionSettings settings_;
  uv::Loop loop_;
  Accounts accounts_;
  TransferLog transfer_log_;
  Fences fences_;
  std::optional<Server> server_;
  Asked asked_to_close_ = Asked::no;
};

}  // namespace

ExitStatus run_daemon(const Config& config, Announce announce) {
  std::signal(SIGPIPE, SIG_IGN);
  share_one_heap();
  begin_log(config.log);
  use_all_descriptors();
  if (const std::string trouble = become_unprivileged(config); !trouble.empty())
    return fail(ExitStatus::not_permitted, "cannot-start", "server.user", trouble);
  if (const int error = open_log(config.log); error != 0)
    return fail(status_for(error), "no-log", config.log.target, std::strerror(error));
  return Daemon(config).run(announce);
}

}  // namespace uvftpd
