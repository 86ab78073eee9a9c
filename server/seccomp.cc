#include "server/seccomp.h"

#include <seccomp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "server/instrumented.h"

namespace uvftpd {
namespace {

// No open and openat (openat2 is beneath a root), no exec, no fork, no thread, no ptrace, no chown, no
// io_uring.
constexpr int kCalls[] = {
    // sockets
    SCMP_SYS(accept4), SCMP_SYS(bind), SCMP_SYS(connect), SCMP_SYS(getsockname), SCMP_SYS(getsockopt),
    SCMP_SYS(listen), SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(setsockopt), SCMP_SYS(shutdown),
    SCMP_SYS(sendfile), SCMP_SYS(splice),
    // files
    SCMP_SYS(chmod), SCMP_SYS(close), SCMP_SYS(faccessat2), SCMP_SYS(fstatfs), SCMP_SYS(ftruncate),
    SCMP_SYS(getdents64), SCMP_SYS(mkdirat), SCMP_SYS(newfstatat), SCMP_SYS(openat2), SCMP_SYS(pread64),
    SCMP_SYS(preadv2), SCMP_SYS(pwrite64), SCMP_SYS(read), SCMP_SYS(readlinkat), SCMP_SYS(renameat2),
    SCMP_SYS(statx), SCMP_SYS(unlinkat), SCMP_SYS(utimensat), SCMP_SYS(write),
    // the loops and the threads
    SCMP_SYS(clock_gettime), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(futex), SCMP_SYS(gettid),
    SCMP_SYS(ioctl), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sched_yield),
    // memory, chance, the end
    SCMP_SYS(brk), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(getrandom), SCMP_SYS(madvise),
    SCMP_SYS(mmap), SCMP_SYS(mprotect), SCMP_SYS(mremap), SCMP_SYS(munmap),
    // further fences
    SCMP_SYS(landlock_add_rule), SCMP_SYS(landlock_restrict_self)};

class Filter {
 public:
  Filter() : context_(kIsInstrumented ? nullptr : ::seccomp_init(SCMP_ACT_KILL_PROCESS)) {}
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
  std::vector<std::string> names = {"socket"};
  for (const int call : kCalls) {
    char* name = ::seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, call);
    names.emplace_back(name ? name : "?");
    std::free(name);
  }
  std::ranges::sort(names);
  return names;
}

std::string put_up_seccomp() {
  Filter filter;
  if (filter.error() != 0) return kIsInstrumented ? "not in an instrumented build" : "seccomp_init failed";
  filter.keep(::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1));
  for (const int call : kCalls) filter.keep(::seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0));
  permit_stream_sockets(filter);
  // Libraries ask for files of their own, and do without where there are none: they are told so.
  for (const int call : {SCMP_SYS(open), SCMP_SYS(openat)})
    filter.keep(::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EACCES), call, 0));
  if (filter.error() == 0) filter.keep(::seccomp_load(filter.get()));
  return filter.error() == 0 ? "" : std::strerror(filter.error());
}

}  // namespace uvftpd
