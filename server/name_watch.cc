// getaddrinfo(3) reads /etc/hosts and resolv.conf anew for each call, so what changes there is seen too.
#include "server/name_watch.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <memory>
#include <optional>

#include "server/landlock.h"
#include "server/log.h"
#include "server/privileges.h"

namespace uvftpd {

// What comes by the channel: of which name, and its address if it has one.
struct NameWatch::Answer {
  std::uint32_t index = 0;
  enum class Kind : std::uint32_t { unknown, known } kind = Kind::unknown;
  std::array<std::uint8_t, 4> address = {};
};

namespace {

constexpr int kChannel = 3;  // of the process that resolves: behind stdin, stdout and stderr
constexpr std::chrono::seconds kFirstAnswers{5};

using Bytes = std::array<std::uint8_t, 4>;  // IPv4: 227 has room for no other

// Of several addresses the one from before, if it is among them: they come in any order.
std::optional<Bytes> look_up(const std::string& name, const std::optional<Bytes>& before) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &list) != 0 || !list) return std::nullopt;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(list, ::freeaddrinfo);
  std::optional<Bytes> first;
  for (const addrinfo* one = list; one; one = one->ai_next) {
    Bytes bytes;
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in*>(one->ai_addr)->sin_addr, bytes.size());
    if (bytes == before) return before;
    if (!first) first = bytes;
  }
  return first;
}

// Of what the daemon has open nothing stays, also no listener, which would outlive it.
bool keep_only(int channel) {
  const int nothing = ::open("/dev/null", O_RDWR);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::dup2(nothing, standard) < 0) return false;
  if (channel != kChannel && ::dup2(channel, kChannel) < 0) return false;
  ::closefrom(kChannel + 1);
  return true;
}

}  // namespace

// The other end of the channel: tells of each name at first, then what has changed. Nobody ever writes to it:
// the channel becomes readable when the daemon has gone.
struct NameResolver {
  struct Name {
    std::string name;
    std::optional<Bytes> last = {};  // that was known
    std::optional<NameWatch::Answer::Kind> told = {};
  };

  static void send(std::uint32_t index, Name& name) {
    using Answer = NameWatch::Answer;
    const auto found = look_up(name.name, name.last);
    const auto kind = found ? Answer::Kind::known : Answer::Kind::unknown;
    if (name.told == kind && (!found || found == name.last)) return;
    name.told = kind;
    if (found) name.last = found;
    const Answer answer{index, kind, found.value_or(Bytes{})};
    ::send(kChannel, &answer, sizeof answer, MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  [[noreturn]] static void run(pid_t daemon, int channel, const std::vector<std::string>& texts,
                               Milliseconds interval) {
    ::prctl(PR_SET_NAME, "uvftpd-names", 0, 0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for (const int number : {SIGHUP, SIGINT, SIGTERM}) std::signal(number, SIG_IGN);  // not meant for it
    if (::getppid() != daemon || !keep_only(channel) || !give_up_all_capabilities()) ::_exit(1);
    forbid_writing_and_executing();
    std::vector<Name> names;
    for (const std::string& text : texts) names.push_back({text});
    pollfd end{kChannel, POLLIN, 0};
    do {
      for (std::uint32_t i = 0; i < names.size(); ++i) send(i, names[i]);
    } while (::poll(&end, 1, static_cast<int>(interval.count())) <= 0);
    ::_exit(0);
  }
};

namespace {

Address address_of(const Bytes& bytes) {
  Address address;
  std::ranges::copy(bytes, address.bytes.begin());
  return address;
}

void resolved_no_more(const std::string& reason) {
  log_event(Level::warning, "names-stay", {{"key", "passive.address"}, {"reason", reason}});
}

void report_unknown(const std::string& names, const std::string& reason) {
  log_event(Level::warning, "unknown-host",
            {{"key", "passive.address"}, {"names", names}, {"reason", reason}});
}

}  // namespace

NameWatch::NameWatch(uv::Loop& loop, PassiveAddresses& addresses, Milliseconds interval)
    : addresses_(addresses), names_(addresses.names()) {
  if (names_.empty()) return;
  if (const int error = begin(interval); error != 0) {
    resolved_no_more(std::strerror(error));
    return;
  }
  await_first_answers();
  poll_.emplace(loop, channel_.get(), [this] { receive(); });
  poll_->wait(uv::Poll::For::reading);
}

// 0, or the errno.
int NameWatch::begin(Milliseconds interval) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) return errno;
  Descriptor ours(ends[0]), theirs(ends[1]);
  std::signal(SIGCHLD, SIG_IGN);  // who resolves leaves nothing to be waited for
  const pid_t daemon = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return errno;
  if (pid == 0) NameResolver::run(daemon, theirs.get(), names_, interval);
  channel_ = std::move(ours);
  return 0;
}

void NameWatch::await_first_answers() {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + kFirstAnswers;
  for (const std::string& name : names_) {
    const auto left = std::chrono::ceil<Milliseconds>(deadline - Clock::now()).count();
    pollfd wait{channel_.get(), POLLIN, 0};
    const bool is_in_time = left > 0 && ::poll(&wait, 1, static_cast<int>(left)) == 1;
    const auto answer = is_in_time ? next_answer() : std::nullopt;
    if (!answer) return report_unknown(name, "no answer yet");
    if (answer->kind == Answer::Kind::unknown)
      take(*answer);
    else
      addresses_.take(names_[answer->index], address_of(answer->address));
  }
}

std::optional<NameWatch::Answer> NameWatch::next_answer() {
  Answer answer;
  const ssize_t size = ::recv(channel_.get(), &answer, sizeof answer, MSG_DONTWAIT);
  if (size == sizeof answer && answer.index < names_.size()) return answer;
  if (size >= 0) errno = 0;
  return std::nullopt;
}

void NameWatch::receive() {
  if (const auto answer = next_answer()) return take(*answer);
  if (errno == EAGAIN || errno == EINTR) return;
  poll_->stop();
  resolved_no_more("who resolved them has ended");
}

void NameWatch::take(const Answer& answer) {
  const std::string& name = names_[answer.index];
  if (answer.kind == Answer::Kind::unknown) return report_unknown(name, "it has no address");
  const auto earlier = addresses_.address_of(name);
  const Address address = address_of(answer.address);
  if (earlier == address) return;
  addresses_.take(name, address);
  log_event(Level::info, "address-changed",
            {{"name", name}, {"from", earlier ? to_string(*earlier) : ""}, {"to", to_string(address)}});
}

}  // namespace uvftpd
