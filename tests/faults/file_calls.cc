// The door to the files (server/file_calls.h) as it is in uvftpd-faulty: the same calls, of which one fails.
//
// A test maps the file that $UVFTPD_FAULTS names and writes there which call from now on is to fail, and how.
#include "server/file_calls.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace uvftpd::file_calls {
namespace {

// Shared with the test, in its order.
struct Plan {
  std::atomic<std::int32_t> calls_until_failure;  // 0: none fails
  std::atomic<std::int32_t> error;                // errno; 0: the call moves half of the bytes only
  std::atomic<std::int32_t> failed;               // how many did
  std::atomic<std::int32_t> without_jail;         // 1: openat() instead of openat2()
  std::array<char, 16> call;                      // the name of the last that failed
};

Plan& plan() {
  static Plan* const kPlan = [] {
    static Plan nothing{};
    const char* name = std::getenv("UVFTPD_FAULTS");
    const int fd = name ? ::open(name, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) return &nothing;
    void* mapped = ::mmap(nullptr, sizeof(Plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    return mapped == MAP_FAILED ? &nothing : static_cast<Plan*>(mapped);
  }();
  return *kPlan;
}

bool is_this_one(std::string_view call) {
  if (plan().calls_until_failure.load() <= 0 || plan().calls_until_failure.fetch_sub(1) != 1) return false;
  plan().call.fill('\0');
  std::copy(call.begin(), call.end(), plan().call.begin());
  ++plan().failed;
  return true;
}

// Calls that do or do not.
bool fails(std::string_view call) {
  if (!is_this_one(call)) return false;
  errno = plan().error;
  return errno != 0;
}

// Calls that move bytes: they may also move less than they were asked to.
bool fails(std::string_view call, std::size_t& count) {
  if (!is_this_one(call)) return false;
  errno = plan().error;
  if (errno == 0) count = std::max<std::size_t>(count / 2, 1);
  return errno != 0;
}

}  // namespace

int openat2(int directory, const char* path, const open_how& how) {
  if (fails("openat2")) return -1;
  if (plan().without_jail.load() == 0)
    return static_cast<int>(::syscall(SYS_openat2, directory, path, &how, sizeof how));
  while (*path == '/') ++path;
  return ::openat(directory, *path ? path : ".", static_cast<int>(how.flags), static_cast<mode_t>(how.mode));
}

int close(int fd) {
  const bool is_failing = fails("close");
  const int error = errno;
  const int closed = ::close(fd);  // as in the kernel: a close that fails has closed all the same
  if (!is_failing) return closed;
  errno = error;
  return -1;
}

int fstat(int fd, struct stat& status) { return fails("fstat") ? -1 : ::fstat(fd, &status); }

int fstatat(int directory, const char* name, struct stat& status, int flags) {
  return fails("fstatat") ? -1 : ::fstatat(directory, name, &status, flags);
}

int fstatfs(int fd, struct statfs& system) { return fails("fstatfs") ? -1 : ::fstatfs(fd, &system); }

int fstatvfs(int fd, struct statvfs& system) { return fails("fstatvfs") ? -1 : ::fstatvfs(fd, &system); }

int faccessat(int directory, const char* name, int mode, int flags) {
  return fails("faccessat") ? -1 : ::faccessat(directory, name, mode, flags);
}

ssize_t readlinkat(int directory, const char* name, char* target, std::size_t capacity) {
  return fails("readlinkat", capacity) ? -1 : ::readlinkat(directory, name, target, capacity);
}

ssize_t getdents64(int fd, void* entries, std::size_t capacity) {
  return fails("getdents64") ? -1 : ::syscall(SYS_getdents64, fd, entries, capacity);
}

ssize_t pread(int fd, void* bytes, std::size_t count, off_t offset) {
  if (fails("pread", count)) return -1;
  const iovec piece{bytes, count};
  return ::preadv2(fd, &piece, 1, offset, 0);
}

ssize_t preadv2(int fd, const iovec* pieces, int count, off_t offset, int flags) {
  return fails("preadv2") ? -1 : ::preadv2(fd, pieces, count, offset, flags);
}

ssize_t pwrite(int fd, const void* bytes, std::size_t count, off_t offset) {
  return fails("pwrite", count) ? -1 : ::pwrite(fd, bytes, count, offset);
}

ssize_t sendfile(int socket, int fd, off_t& offset, std::size_t count) {
  return fails("sendfile", count) ? -1 : ::sendfile(socket, fd, &offset, count);
}

ssize_t splice_from_file(int fd, off_t offset, int pipe, std::size_t count) {
  if (fails("splice_from_file", count)) return -1;
  return ::splice(fd, &offset, pipe, nullptr, count, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

ssize_t splice_to_file(int pipe, int fd, off_t& offset, std::size_t count) {
  return fails("splice_to_file", count) ? -1 : ::splice(pipe, nullptr, fd, &offset, count, SPLICE_F_MOVE);
}

int ftruncate(int fd, off_t size) { return fails("ftruncate") ? -1 : ::ftruncate(fd, size); }

int mkdirat(int directory, const char* name, mode_t mode) {
  return fails("mkdirat") ? -1 : ::mkdirat(directory, name, mode);
}

int unlinkat(int directory, const char* name, int flags) {
  return fails("unlinkat") ? -1 : ::unlinkat(directory, name, flags);
}

int renameat2(int from_directory, const char* from, int to_directory, const char* to, unsigned flags) {
  return fails("renameat2")
             ? -1
             : static_cast<int>(::syscall(SYS_renameat2, from_directory, from, to_directory, to, flags));
}

int utimensat(const char* path, const timespec* times) {
  return fails("utimensat") ? -1 : ::utimensat(AT_FDCWD, path, times, 0);
}

int chmod(const char* path, mode_t mode) { return fails("chmod") ? -1 : ::chmod(path, mode); }

}  // namespace uvftpd::file_calls
