// The list of permitted system calls: what is on it, and that the kernel holds to it.
#include "server/seccomp.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <functional>
#include <set>
#include <thread>

#include "server/instrumented.h"
#include "server/worker_thread.h"

namespace uvftpd {
namespace {

constexpr int kDone = 0, kWrong = 1, kMissing = 2;

// How a process ends that does `what` behind the fence: its wait status.
int status_after(const std::function<bool()>& what) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (!put_up_seccomp(KernelTls::unused).empty()) ::_exit(kMissing);
    ::_exit(what() ? kDone : kWrong);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

void expect_killed(const std::function<bool()>& what) {
  const int status = status_after(what);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kMissing) GTEST_SKIP() << "no seccomp here";
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) << status;
}

TEST(Seccomp, PermitsNoMoreThanItDid) {
  const auto calls = permitted_calls();
  EXPECT_EQ(std::set<std::string>(calls.begin(), calls.end()).size(), calls.size()) << "one is named twice";
  EXPECT_LE(calls.size(), 54U);
}

// Which of two the kernel is asked depends on the versions of the C library and of libuv.
TEST(Seccomp, PermitsTheSameByOldNamesAndByNewOnes) {
  const auto calls = permitted_calls();
  for (const char* const call : {"fstat", "newfstatat", "epoll_wait", "epoll_pwait"})
    EXPECT_EQ(std::count(calls.begin(), calls.end(), call), 1) << call;
}

TEST(Seccomp, ForgoesIoUring) {
  const auto is_there = [] { return ::syscall(SYS_io_uring_setup, 0, nullptr) == -1 && errno != ENOSYS; };
  if (kIsInstrumented || !is_there()) GTEST_SKIP() << "no fence, or no io_uring, here";
  const pid_t child = ::fork();
  if (child == 0) {
    forgo_io_uring();
    ::_exit(is_there() ? kWrong : kDone);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, kDone);
}

TEST(Seccomp, PermitsNothingThatLeadsOutOfTheProcess) {
  const auto calls = permitted_calls();
  for (const char* const call : {"open",
                                 "openat",
                                 "execve",
                                 "execveat",
                                 "fork",
                                 "vfork",
                                 "clone",
                                 "clone3",
                                 "ptrace",
                                 "mount",
                                 "chown",
                                 "fchown",
                                 "fchownat",
                                 "lchown",
                                 "io_uring_setup",
                                 "symlink",
                                 "symlinkat",
                                 "link",
                                 "linkat",
                                 "mknod",
                                 "mknodat",
                                 "process_vm_writev",
                                 "bpf",
                                 "setuid",
                                 "capset",
                                 "prctl",
                                 "unshare",
                                 "kill",
                                 "sendmsg"})
    EXPECT_EQ(std::count(calls.begin(), calls.end(), call), 0) << call;
}

TEST(Seccomp, LetsAProcessGoOn) {
  const int status = status_after([] { return ::write(STDERR_FILENO, "", 0) == 0; });
  if (WIFEXITED(status) && WEXITSTATUS(status) == kMissing) GTEST_SKIP() << "no seccomp here";
  EXPECT_EQ(status, 0);
}

TEST(Seccomp, OpensNothingByPlainName) {
  const int status = status_after([] {
    return ::open("/etc/passwd", O_RDONLY) < 0 && errno == EACCES && ::open(".", O_PATH) < 0 &&
           ::syscall(SYS_open, "/etc/passwd", O_RDONLY) < 0;
  });
  if (WIFEXITED(status) && WEXITSTATUS(status) == kMissing) GTEST_SKIP() << "no seccomp here";
  EXPECT_EQ(status, 0);
}

TEST(Seccomp, EndsWhoExecutesOrForks) {
  expect_killed([] { return ::execl("/bin/true", "true", nullptr) != 0; });
  expect_killed([] { return ::fork() >= 0; });
}

TEST(Seccomp, EndsWhoOpensAnotherKindOfSocket) {
  expect_killed([] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; });
  expect_killed([] { return ::socket(AF_INET, SOCK_DGRAM, 0) >= 0; });
  expect_killed([] { return ::socket(AF_PACKET, SOCK_RAW, 0) >= 0; });
}

TEST(Seccomp, HoldsForThreadsThatWereThereBefore) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::atomic<bool> is_up = false;
    std::thread earlier = start_worker_thread([&] {
      while (!is_up) std::this_thread::yield();
      ::syscall(SYS_ptrace, 0, 0, 0, 0);
    });
    if (!put_up_seccomp(KernelTls::unused).empty()) ::_exit(kMissing);
    is_up = true;
    earlier.join();
    ::_exit(kWrong);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kMissing) GTEST_SKIP() << "no seccomp here";
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) << status;
}

}  // namespace
}  // namespace uvftpd
