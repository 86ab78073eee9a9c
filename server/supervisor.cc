#include "server/supervisor.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <list>
#include <optional>

#include "server/config_reader.h"
#include "server/log.h"

namespace uvftpd {
namespace {

constexpr std::chrono::milliseconds kUntilReady{30'000};
constexpr int kUntilAnswered = 2'000;  // milliseconds

sigset_t heard_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGHUP, SIGINT, SIGTERM, SIGCHLD}) sigaddset(&set, number);
  return set;
}

// Where a generation ends with its supervisor, whatever ended that. Its orders come by the stream, so that a
// signal to all processes of the service is one order and not two.
void become_generation(pid_t supervisor) {
  for (const int number : {SIGHUP, SIGINT, SIGTERM}) std::signal(number, SIG_IGN);
  const sigset_t set = heard_signals();
  ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != supervisor) ::_exit(static_cast<int>(ExitStatus::failed));
}

ExitStatus status_of(int wait_status) {
  if (WIFEXITED(wait_status)) return static_cast<ExitStatus>(WEXITSTATUS(wait_status));
  const std::string signal = std::to_string(WTERMSIG(wait_status));
  log_event(Level::error, "generation-ended", {{"signal", signal}});
  return ExitStatus::failed;
}

struct Pair {
  Descriptor ours, theirs;
};

// Both closed where it cannot be had: errno tells why.
Pair make_pair(int kind) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, kind | SOCK_CLOEXEC, 0, ends.data()) != 0) return {};
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

class Supervisor {
 public:
  Supervisor(Supervision what, std::string user, Announce announce);

  // Set in the process of a generation only.
  std::optional<Generation> begin(Config config);
  std::optional<Generation> serve();
  ExitStatus status() const { return status_; }

 private:
  struct Child {
    pid_t pid;
    Descriptor orders;
    Descriptor notices;
  };

  std::optional<Generation> reload();
  std::optional<Generation> take_new_configuration();
  std::optional<Generation> hear_request();
  std::string status_text();
  std::string kick(std::string_view session);
  std::string ask_generation(const Child& child, std::string_view order);
  bool is_ready(Child& child);
  std::optional<Generation> hear_signal();
  void hear_notice();
  void close();
  bool is_closing() const { return listeners_.sockets.empty(); }
  void reap();
  void ended(pid_t pid, int wait_status);

  const pid_t pid_ = ::getpid();
  const Supervision what_;
  const std::string user_;  // that it has become: for good
  Announce announce_;       // by the first generation
  Descriptor signals_;
  Listeners listeners_;
  std::list<Child> children_;    // the last is the one that accepts clients
  std::size_t generations_ = 0;  // that have served
  ExitStatus status_ = ExitStatus::ok;
  std::string refusal_;  // of the last reload; empty: it was taken
  enum class Manager : std::uint8_t { listening, lost } manager_ = Manager::listening;
};

void send_order(const Descriptor& to, std::string_view order) {
  // Who ended meanwhile needs none.
  (void)::send(to.get(), order.data(), order.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

Supervisor::Supervisor(Supervision what, std::string user, Announce announce)
    : what_(std::move(what)), user_(std::move(user)), announce_(announce) {
  const sigset_t set = heard_signals();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  signals_ = Descriptor(::signalfd(-1, &set, SFD_CLOEXEC));
}

// ---- generations ----

std::optional<Generation> Supervisor::begin(Config config) {
  Listeners listeners =
      open_listeners(config.server.listen, config.tls.implicit_listen, {what_.inherited, listeners_.sockets});
  if (const auto& fault = listeners.fault) {
    status_ = fail(status_for(fault->error), "cannot-listen", to_string(fault->address),
                   std::strerror(fault->error));
    return std::nullopt;
  }
  Pair orders = make_pair(SOCK_STREAM), notices = make_pair(SOCK_SEQPACKET);
  const bool is_connected = orders.ours.is_open() && notices.ours.is_open();
  const pid_t pid = is_connected ? ::fork() : -1;
  if (pid < 0) {
    status_ = fail(ExitStatus::failed, "no-generation", "socketpair or fork", std::strerror(errno));
    return std::nullopt;
  }
  if (pid == 0) {
    become_generation(pid_);
    return Generation{.config = std::move(config),
                      .listeners = std::move(listeners),
                      .supervisor = std::move(orders.theirs),
                      .notices = what_.manager.is_there() ? std::move(notices.theirs) : Descriptor(),
                      .pid = pid_,
                      .announce = announce_};
  }
  orders.theirs.close();
  notices.theirs.close();
  Child child{pid, std::move(orders.ours), std::move(notices.ours)};
  if (!is_ready(child)) return std::nullopt;
  // Answered: whoever comes once the reload is told meets the new configuration.
  for (const Child& old : children_) ask_generation(old, kDrain);
  children_.push_back(std::move(child));
  ++generations_;
  listeners_ = std::move(listeners);
  announce_ = Announce::nothing;
  return std::nullopt;
}

// Waits until it serves; one that cannot has told the log why, and ends.
bool Supervisor::is_ready(Child& child) {
  pollfd wait{child.orders.get(), POLLIN, 0};
  std::array<char, kReady.size()> said{};
  const bool has_spoken = ::poll(&wait, 1, static_cast<int>(kUntilReady.count())) == 1;
  const auto size = has_spoken ? ::recv(child.orders.get(), said.data(), said.size(), MSG_WAITALL) : 0;
  if (size == static_cast<ssize_t>(said.size())) return true;
  if (!has_spoken) ::kill(child.pid, SIGKILL);
  int wait_status = 0;
  ::waitpid(child.pid, &wait_status, 0);
  status_ = status_of(wait_status);
  return false;
}

std::optional<Generation> Supervisor::reload() {
  refusal_ = is_closing() ? "the daemon is closing\n" : "";
  if (is_closing()) return std::nullopt;
  log_event(Level::info, "reloading", {});
  what_.manager.tell_reloading();
  const std::size_t before = generations_;
  if (auto generation = take_new_configuration()) return generation;
  if (generations_ == before) what_.manager.tell_ready("a new configuration was refused, see the log");
  return std::nullopt;
}

// All of it, or nothing.
std::optional<Generation> Supervisor::take_new_configuration() {
  ReadConfig read = read_config(what_.files);
  std::vector<std::string> reasons;
  for (const Mistake& mistake : read.mistakes) reasons.push_back(to_string(mistake));
  if (reasons.empty() && read.config.server.user != user_)
    reasons.emplace_back("server.user: another one needs a restart");
  for (const std::string& reason : reasons) {
    log_event(Level::error, "reload-refused", {{"reason", reason}});
    refusal_ += reason + '\n';
  }
  if (!reasons.empty()) return std::nullopt;
  const Config::Log log = read.config.log;
  const std::size_t before = generations_;
  if (auto generation = begin(std::move(read.config))) return generation;
  if (generations_ == before) {
    log_event(Level::error, "reload-refused", {{"reason", "the line before"}});
    refusal_ = "it could not be served; the log tells why\n";
    return std::nullopt;
  }
  begin_log(log);
  open_log(log);
  log_event(Level::info, "reloaded", {{"generations", children_.size()}});
  return std::nullopt;
}

// Who comes now is refused.
void Supervisor::close() {
  listeners_ = {};
  for (const Child& child : children_) send_order(child.orders, kClose);
}

void Supervisor::reap() {
  int wait_status = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &wait_status, WNOHANG)) > 0;) ended(pid, wait_status);
}

// As process 1 of a container it inherits others too.
void Supervisor::ended(pid_t pid, int wait_status) {
  const auto child = std::ranges::find(children_, pid, &Child::pid);
  if (child == children_.end()) return;
  const ExitStatus status = status_of(wait_status);
  const bool was_serving = std::next(child) == children_.end();
  children_.erase(child);
  if (!was_serving) return;
  status_ = status;
  close();
}

// ---- requests ----

// A generation that does not answer in time is left out.
std::string Supervisor::ask_generation(const Child& child, std::string_view order) {
  std::array<char, 65536> bytes;
  while (::recv(child.orders.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) continue;  // told too late
  send_order(child.orders, order);
  std::string answer;
  pollfd wait{child.orders.get(), POLLIN, 0};
  while (::poll(&wait, 1, kUntilAnswered) == 1) {
    const ssize_t size = ::recv(child.orders.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size <= 0) break;
    answer.append(bytes.data(), static_cast<std::size_t>(size));
    if (answer.back() != kEndOfAnswer) continue;
    answer.pop_back();
    return answer;
  }
  return {};
}

std::string Supervisor::status_text() {
  std::string text = std::string(kDone) + "version\t" UVFTPD_VERSION "\n";
  const auto add = [&text](std::string_view name, std::uint64_t count) {
    text.append("total\t").append(name).append("\t").append(std::to_string(count)).append("\n");
  };
  const Totals& totals = what_.totals;
  add("sessions", totals.sessions);
  add("logins", totals.logins);
  add("logins_refused", totals.logins_refused);
  add("downloads", totals.downloads);
  add("uploads", totals.uploads);
  add("transfers_failed", totals.transfers_failed);
  add("bytes_downloaded", totals.bytes_downloaded);
  add("bytes_uploaded", totals.bytes_uploaded);
  for (const Child& child : children_) text += ask_generation(child, kSessions);
  return text;
}

std::string Supervisor::kick(std::string_view session) {
  const std::string order = std::string(kKick).append(session) + '\n';
  for (const Child& child : children_)
    if (ask_generation(child, order) == kKicked) return std::string(kDone);
  return std::string(kRefused) + "there is no session " + std::string(session) + '\n';
}

std::optional<Generation> Supervisor::hear_request() {
  const ControlSocket::Request request = what_.control.accept();
  const std::string_view line = request.line;
  if (line == "status") {
    answer(request, status_text());
  } else if (line.starts_with(kKick)) {
    answer(request, kick(line.substr(kKick.size())));
  } else if (line == "reload") {
    if (auto generation = reload()) return generation;
    answer(request, refusal_.empty() ? std::string(kDone) : std::string(kRefused) + refusal_);
  } else {
    answer(request, std::string(kRefused) + "status, kick NUMBER or reload\n");
  }
  return std::nullopt;
}

// ---- events ----

std::optional<Generation> Supervisor::hear_signal() {
  signalfd_siginfo signal{};
  if (::read(signals_.get(), &signal, sizeof signal) != sizeof signal) return std::nullopt;
  if (signal.ssi_signo == SIGCHLD)
    reap();
  else if (signal.ssi_signo == SIGHUP)
    return reload();
  else
    close();
  return std::nullopt;
}

// Of the one that serves; the others have said that they end.
void Supervisor::hear_notice() {
  std::array<char, 512> message;
  const auto size = ::recv(children_.back().notices.get(), message.data(), message.size(), MSG_DONTWAIT);
  if (size == 0) children_.back().notices.close();
  if (size <= 0) return;
  const int error = what_.manager.pass_on({message.data(), static_cast<std::size_t>(size)});
  if (error == 0 || std::exchange(manager_, Manager::lost) == Manager::lost) return;
  log_event(Level::warning, "no-service-manager",
            {{"key", "NOTIFY_SOCKET"}, {"reason", std::strerror(error)}});
}

std::optional<Generation> Supervisor::serve() {
  while (!children_.empty()) {
    std::array<pollfd, 3> waits{{{signals_.get(), POLLIN, 0},
                                 {children_.back().notices.get(), POLLIN, 0},
                                 {what_.control.fd(), POLLIN, 0}}};
    if (::poll(waits.data(), waits.size(), -1) < 0) continue;
    if (waits[1].revents != 0) hear_notice();
    std::optional<Generation> generation;
    if (waits[2].revents != 0) generation = hear_request();
    if (!generation && waits[0].revents != 0) generation = hear_signal();
    if (generation) return generation;
  }
  return std::nullopt;
}

}  // namespace

std::variant<ExitStatus, Generation> supervise(Supervision what, Config config, Announce announce) {
  Supervisor supervisor(std::move(what), config.server.user, announce);
  auto generation = supervisor.begin(std::move(config));
  if (!generation) generation = supervisor.serve();
  if (generation) return std::move(*generation);
  return supervisor.status();
}

}  // namespace uvftpd
