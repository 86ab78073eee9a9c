#include "server/seccomp.h"

#include <seccomp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "server/instrumented.h"

namespace uvftpd {
namespace {

// Some do the same, and one is what an older library asks for: fstat and newfstatat, epoll_pwait and
// epoll_wait. No open and openat (openat2 is beneath a root), no exec, no fork, no thread, no ptrace, no
// chown, no io_uring.
constexpr const char* kCalls[] = {
    // sockets
    "accept4", "bind", "connect", "getsockname", "getsockopt", "listen", "recvfrom", "sendto", "setsockopt",
    "shutdown", "sendfile", "splice",
    // files
    "chmod", "close", "faccessat2", "fstat", "fstatfs", "ftruncate", "getdents64", "mkdirat", "newfstatat",
    "openat2", "preadv2", "pwrite64", "read", "readlinkat", "renameat2", "unlinkat", "utimensat", "write",
    // the loops and the threads
    "clock_gettime", "epoll_ctl", "epoll_pwait", "epoll_wait", "futex", "getpid", "gettid", "ioctl",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_yield",
    // memory, chance, the end
    "brk", "exit", "exit_group", "getrandom", "madvise", "mmap", "mprotect", "mremap", "munmap",
    // further fences
    "landlock_add_rule", "landlock_restrict_self"};

class Filter {
 public:
  explicit Filter(std::uint32_t otherwise)
      : context_(kIsInstrumented ? nullptr : ::seccomp_init(otherwise)) {}
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;
  ~Filter() { ::seccomp_release(context_); }

  // Errors come as -errno; the first stays.
  void keep(int status) {
    if (error_ == 0 && status < 0) error_ = -status;
  }
  scmp_filter_ctx get() const { return context_; }
  int error() const { return context_ ? error_ : ENOSYS; }

 private:
  scmp_filter_ctx context_;
  int error_ = 0;
};

void permit_stream_sockets(Filter& filter) {
  constexpr unsigned kKindOfSocket = 0xf;  // without SOCK_NONBLOCK and SOCK_CLOEXEC
  for (const int family : {AF_INET, AF_INET6})
    filter.keep(::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
                                   SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(family)),
                                   SCMP_A1(SCMP_CMP_MASKED_EQ, kKindOfSocket, SOCK_STREAM)));
}

}  // namespace

std::vector<std::string> permitted_calls() {
  std::vector<std::string> names(std::begin(kCalls), std::end(kCalls));
  names.emplace_back("socket");
  std::ranges::sort(names);
  return names;
}

void forgo_io_uring() {
  Filter filter(SCMP_ACT_ALLOW);
  if (filter.error() != 0) return;
  filter.keep(::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(io_uring_setup), 0));
  if (filter.error() == 0) (void)::seccomp_load(filter.get());
}

std::string put_up_seccomp(KernelTls kernel_tls) {
  Filter filter(SCMP_ACT_KILL_PROCESS);
  if (filter.error() != 0) return kIsInstrumented ? "not in an instrumented build" : "seccomp_init failed";
  filter.keep(::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1));
  for (const char* call : kCalls)
    filter.keep(::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, ::seccomp_syscall_resolve_name(call), 0));
  permit_stream_sockets(filter);
  // TLS's own messages, such as its end, are for the kernel in this way only.
  if (kernel_tls == KernelTls::used)
    filter.keep(::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(sendmsg), 0));
  // Libraries ask for files of their own, and do without where there are none: they are told so.
  for (const int call : {SCMP_SYS(open), SCMP_SYS(openat)})
    filter.keep(::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EACCES), call, 0));
  if (filter.error() == 0) filter.keep(::seccomp_load(filter.get()));
  return filter.error() == 0 ? "" : std::strerror(filter.error());
}

}  // namespace uvftpd
