#include "server/daemon.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "server/landlock.h"
#include "server/log.h"
#include "server/owner_names.h"
#include "server/server.h"

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

ExitStatus status_for(int error) {
  if (error == EADDRINUSE) return ExitStatus::try_again;
  return error == EACCES || error == EPERM ? ExitStatus::not_permitted : ExitStatus::failed;
}

ExitStatus fail(ExitStatus status, std::string_view what, const std::string& where, const std::string& why) {
  log_event(Level::error, what, {{"where", where}, {"reason", why}});
  return status;
}

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

std::string ready_line(const std::vector<SocketAddress>& addresses) {
  std::string line = R"({"event":"ready","pid":)" + std::to_string(::getpid()) + R"(,"listen":[)";
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

void announce(Announce how, const Config& config, const std::vector<SocketAddress>& addresses) {
  if (how == Announce::nothing) return;
  const std::string text =
      how == Announce::ready_line ? ready_line(addresses) : invitation(config, addresses);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

// What the loop serves, in the order in which it may be made and, backwards, ended.
class Daemon {
 public:
  explicit Daemon(const Config& config) : config_(config), settings_(session_settings(config)) {}

  ExitStatus run(Announce how) {
    if (const std::string trouble = accounts_.open(config_); !trouble.empty())
      return fail(ExitStatus::bad_configuration, "no-root", "anonymous.root or user.root", trouble);
    if (const int error = transfer_log_.open(config_.log.xferlog); error != 0)
      return fail(status_for(error), "no-transfer-log", config_.log.xferlog, std::strerror(error));
    std::string unknown;
    const PassiveAddresses passive_addresses(config_.passive, unknown);
    if (!unknown.empty())
      log_event(Level::warning, "unknown-host", {{"key", "passive.address"}, {"names", unknown}});

    if (!put_up_fences()) return ExitStatus::failed;
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
                      .workspace = {Workspace::Place::control_loop, buffer, nullptr}};
    return serve(services, how);
  }

 private:
  ExitStatus serve(Services& services, Announce how) {
    server_.emplace(services, [this] { loop_.stop(); });
    if (const auto fault = server_->listen()) {
      server_.reset();
      return fail(status_for(fault->error), "cannot-listen", to_string(fault->address),
                  std::strerror(fault->error));
    }
    const uv::Signal terminate(loop_, SIGTERM, [this] { on_signal(); });
    const uv::Signal interrupt(loop_, SIGINT, [this] { on_signal(); });
    announce(how, config_, server_->addresses());
    loop_.run();
    server_.reset();
    return ExitStatus::ok;
  }

  // Before the first thread starts: they bind the threads that come after.
  bool put_up_fences() {
    const Fence wanted = config_.sandbox.landlock;
    if (wanted == Fence::off) {
      log_event(Level::info, "fences", {{"landlock", "off"}});
      return true;
    }
    user_name(0);  // what looking up names needs is loaded while it can be
    group_name(0);
    const LandlockResult result = put_up_landlock(config_);
    const bool is_up = result.state == LandlockResult::State::up;
    const bool is_fatal = !is_up && wanted == Fence::require;
    const Level level =
        is_up || result.state == LandlockResult::State::missing ? Level::info : Level::warning;
    log_event(is_fatal ? Level::error : level, "fences",
              {{"landlock", is_up ? "up" : "down"}, {"reason", result.text}});
    return !is_fatal;
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
  const Config& config_;
  const SessionSettings settings_;
  uv::Loop loop_;
  Accounts accounts_;
  TransferLog transfer_log_;
  std::optional<Server> server_;
  Asked asked_to_close_ = Asked::no;
};

}  // namespace

ExitStatus run_daemon(const Config& config, Announce announce) {
  std::signal(SIGPIPE, SIG_IGN);
  use_all_descriptors();
  if (const int error = open_log(config.log); error != 0)
    return fail(status_for(error), "no-log", config.log.target, std::strerror(error));
  return Daemon(config).run(announce);
}

}  // namespace uvftpd
