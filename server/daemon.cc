#include "server/daemon.h"

#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <csignal>
#include <cstring>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "server/announcement.h"
#include "server/config_text.h"
#include "server/control_socket.h"
#include "server/digest.h"
#include "server/entry_writer.h"
#include "server/environment.h"
#include "server/fences.h"
#include "server/inherited_listeners.h"
#include "server/log.h"
#include "server/name_watch.h"
#include "server/orders.h"
#include "server/privileges.h"
#include "server/seccomp.h"
#include "server/server.h"
#include "server/service_report.h"
#include "server/supervisor.h"
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

// Threads share one heap: there is little that they allocate, an arena each would cost memory, and the C
// library opens a file when it shrinks one, which behind the fences it cannot. Up to a megabyte of it is kept
// when free: given back and taken anew with each listing, it was up to a fifth of what 1,000 entries cost.
// With that said, the library does not learn any more from how large a batch is that it need not be mapped.
void share_one_heap() {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
  ::mallopt(M_MMAP_THRESHOLD, 256 * 1024);
}

SessionSettings session_settings(const Config& config) {
  using Mode = SessionSettings::Mode;
  return {.banner = config.server.banner,
          .login_failures = config.limits.login_failures,
          .active = config.active.enabled ? Mode::offered : Mode::disabled,
          .passive = config.passive.enabled ? Mode::offered : Mode::disabled,
          .idle_seconds = static_cast<std::uint32_t>(
              std::chrono::ceil<std::chrono::seconds>(config.timeouts.idle).count()),
          .tls = config.tls.mode,
          .anonymous_tls = config.anonymous.tls.value_or(config.tls.mode)};
}

Authenticator authenticator(const Config& config) {
  std::vector<Credential> credentials;
  for (const User& user : config.users) credentials.push_back({user.name, user.password_hash});
  return Authenticator(std::move(credentials));
}

// What the loop serves, in the order in which it may be made and, backwards, ended.
class Daemon {
 public:
  Daemon(Generation generation, const ServiceManager& manager, Totals& totals)
      : generation_(std::move(generation)),
        config_(generation_.config),
        settings_(session_settings(config_)),
        upload_socket_(loop_),
        tls_(loop_, config_),
        fences_(loop_, config_, accounts_),
        report_(loop_, manager),
        totals_(totals) {}

  ExitStatus run() {
    if (const std::string trouble = accounts_.open(config_); !trouble.empty())
      return fail(ExitStatus::bad_configuration, "no-root", "anonymous.root or user.root", trouble);
    if (const int error = transfer_log_.open(config_.log.xferlog); error != 0)
      return fail(status_for(error), "no-transfer-log", config_.log.xferlog, std::strerror(error));
    if (const int error = upload_socket_.open(config_.uploads.socket); error != 0)
      return fail(status_for(error), "no-upload-socket", config_.uploads.socket, std::strerror(error));
    // Before a key is in memory: it begins a process that reads answers of the network.
    PassiveAddresses passive_addresses(config_.passive);
    const NameWatch name_watch(loop_, passive_addresses, config_.passive.lookup_interval);
    if (const std::string trouble = tls_.open(); !trouble.empty())
      return fail(ExitStatus::bad_configuration, "no-tls", "tls", trouble);
    if (!give_up_ports_unless_active(config_.active))
      log_event(Level::warning, "no-fence", {{"key", "capabilities"}, {"reason", std::strerror(errno)}});

    // What files of the machine are needed for is done before they are out of reach.
    prepare_listings();
    load_digests();
    if (!fences_.put_up_files(log_directories())) return ExitStatus::failed;
    const auto buffer = std::make_unique_for_overwrite<char[]>(kControlBuffer);
    LoginWorkers logins(loop_, authenticator(config_),
                        [this](std::uint64_t session, LoginWorkers::Verdict verdict) {
                          if (server_) server_->password_checked(session, verdict);
                        });
    LoginThrottle throttle(config_.limits.login_failures_per_address, kForgiving, kMaxPlaces);
    const unsigned count = std::clamp(std::thread::hardware_concurrency(), 1U, kMaxDataLoops);
    DataLoops data_loops(loop_, count, config_.timeouts.stalled);
    DigestSlots digest_slots(loop_);
    UploadEvents upload_events(loop_, config_.uploads, upload_socket_, digest_slots);
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
                      .upload_events = upload_events,
                      .tls = tls_,
                      .activity = report_.activity(),
                      .totals = totals_,
                      .workspace = {Workspace::Place::control_loop, {buffer.get(), kControlBuffer}, nullptr},
                      .last_descriptor = last_control_descriptor()};
    return serve(services);
  }

 private:
  std::vector<int> log_directories() const {
    std::vector<int> directories = {log_directory(), transfer_log_.directory()};
    std::erase(directories, -1);
    return directories;
  }

  ExitStatus serve(Services& services) {
    server_.emplace(services, std::move(generation_.listeners), [this] { loop_.stop(); });
    if (generation_.supervisor.is_open())
      orders_.emplace(loop_, generation_.supervisor, [this](std::string_view order) { obey(order); });
    else
      for (const int number : {SIGTERM, SIGINT, SIGHUP})
        signals_.emplace_back(loop_, number, [this] { obey(kClose); });
    ask_for_short_time_slices();
    if (!fences_.put_up_calls(tls_.current().kernel_tls())) {
      server_.reset();
      return ExitStatus::failed;
    }
    announce(generation_.announce,
             {generation_.pid, config_.anonymous, server_->places(), tls_.fingerprint()});
    if (orders_) orders_->answer(kReady);
    report_.ready();
    keep_lines_until_flushed();
    loop_.run();
    server_.reset();
    return ExitStatus::ok;
  }

  void obey(std::string_view order) {
    if (order == kDrain) drain();
    if (order == kClose) close();
    if (order == kSessions) orders_->answer(server_->rows() + kEndOfAnswer);
    if (order.starts_with(kKick)) kick(order.substr(kKick.size(), order.size() - kKick.size() - 1));
  }

  void kick(std::string_view number) {
    const auto session = parse_whole<std::uint64_t>(number);
    const bool is_kicked = session && server_->kick(*session) == Server::Kicked::yes;
    orders_->answer(std::string(is_kicked ? kKicked : "") + kEndOfAnswer);
  }

  // The next generation tells the manager how it is from now on.
  void drain() {
    report_.retire();
    reopen_log();
    transfer_log_.reopen();
    server_->drain();
    orders_->answer({&kEndOfAnswer, 1});
  }

  // The first asks, the second tells.
  void close() {
    log_event(Level::info, "closing", {});
    report_.stopping();
    if (std::exchange(asked_to_close_, Asked::yes) == Asked::yes)
      server_->close_now();
    else
      server_->close();
  }

  enum class Asked : std::uint8_t { no, yes };
  Generation generation_;
  const Config& config_;
  const SessionSettings settings_;
  uv::Loop loop_;
  Accounts accounts_;
  TransferLog transfer_log_;
  EventSocket upload_socket_;
  TlsSource tls_;
  Fences fences_;
  std::list<uv::Signal> signals_;
  std::optional<Orders> orders_;
  ServiceReport report_;
  Totals& totals_;
  std::optional<Server> server_;
  Asked asked_to_close_ = Asked::no;
};

// What the process was started with, which is there once. To be made before anything is opened.
struct Outset {
  explicit Outset(const Config& config) : inherited(inherit_listeners(config.tls)) {}
  InheritedListeners inherited;
  ServiceManager manager;
  std::optional<std::string> runtime_directory = take_from_environment("RUNTIME_DIRECTORY");
  SharedTotals totals;
};

// What is done once, for all generations. Nothing: it can go on.
std::optional<ExitStatus> prepare(const Config& config, const Outset& outset) {
  std::signal(SIGPIPE, SIG_IGN);
  share_one_heap();
  begin_log(config.log);
  if (const std::string& trouble = outset.inherited.trouble; !trouble.empty())
    return fail(ExitStatus::bad_configuration, "cannot-listen", "LISTEN_FDS", trouble);
  if (const std::string& trouble = outset.manager.trouble(); !trouble.empty())
    log_event(Level::warning, "no-service-manager", {{"key", "NOTIFY_SOCKET"}, {"reason", trouble}});
  use_all_descriptors();
  if (const std::string trouble = become_unprivileged(config); !trouble.empty())
    return fail(ExitStatus::not_permitted, "cannot-start", "server.user", trouble);
  return std::nullopt;
}

ExitStatus run_generation(Generation generation, Outset& outset) {
  if (generation.config.sandbox.seccomp != Fence::off) forgo_io_uring();
  if (generation.notices.is_open()) outset.manager.tell_through(std::move(generation.notices));
  const Config::Log& log = generation.config.log;
  begin_log(log);
  if (const int error = open_log(log); error != 0)
    return fail(status_for(error), "no-log", log.target, std::strerror(error));
  const ExitStatus status = Daemon(std::move(generation), outset.manager, *outset.totals).run();
  flush_log();
  return status;
}

// Where it is not said and no service manager has a place for it, there is none.
int open_control(const Config& config, const Outset& outset, ControlSocket& control) {
  std::string path = config.server.control_socket;
  if (path.empty() && outset.runtime_directory) path = *outset.runtime_directory + "/control";
  return path.empty() ? 0 : control.open(path);
}

}  // namespace

ExitStatus run_daemon(const Config& config, Announce announce) {
  Outset outset(config);
  if (const auto trouble = prepare(config, outset)) return *trouble;
  Listeners listeners =
      open_listeners(config.server.listen, config.tls.implicit_listen, {outset.inherited.sockets, {}});
  if (const auto& fault = listeners.fault)
    return fail(status_for(fault->error), "cannot-listen", to_string(fault->address),
                std::strerror(fault->error));
  return run_generation({.config = config, .listeners = std::move(listeners), .announce = announce}, outset);
}

ExitStatus run_supervised(std::vector<std::string> files, Config config, Announce announce) {
  Outset outset(config);
  if (const auto trouble = prepare(config, outset)) return *trouble;
  if (const int error = open_log(config.log); error != 0)
    return fail(status_for(error), "no-log", config.log.target, std::strerror(error));
  ControlSocket control;
  if (const int error = open_control(config, outset, control); error != 0)
    return fail(status_for(error), "no-control-socket", "server.control_socket", std::strerror(error));
  auto role = supervise({std::move(files), outset.inherited.sockets, outset.manager, *outset.totals, control},
                        std::move(config), announce);
  if (const auto* ended = std::get_if<ExitStatus>(&role)) {
    control.remove();
    return *ended;
  }
  control.close();
  return run_generation(std::get<Generation>(std::move(role)), outset);
}

}  // namespace uvftpd
