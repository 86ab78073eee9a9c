#include "server/file_calls.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>

namespace uvftpd::file_calls {

int openat2(int directory, const char* path, const open_how& how) {
  return static_cast<int>(::syscall(SYS_openat2, directory, path, &how, sizeof how));
}

int close(int fd) { return ::close(fd); }

int fstat(int fd, struct stat& status) { return ::fstat(fd, &status); }

int fstatat(int directory, const char* name, struct stat& status, int flags) {
  return ::fstatat(directory, name, &status, flags);
}

int fstatfs(int fd, struct statfs& system) { return ::fstatfs(fd, &system); }

int fstatvfs(int fd, struct statvfs& system) { return ::fstatvfs(fd, &system); }

int faccessat(int directory, const char* name, int mode, int flags) {
  return ::faccessat(directory, name, mode, flags);
}

ssize_t readlinkat(int directory, const char* name, char* target, std::size_t capacity) {
  return ::readlinkat(directory, name, target, capacity);
}

ssize_t getdents64(int fd, void* entries, std::size_t capacity) {
  return ::syscall(SYS_getdents64, fd, entries, capacity);
}

// By the call that is permitted anyway: a list of them is as good as it is short.
ssize_t pread(int fd, void* bytes, std::size_t count, off_t offset) {
  const iovec one{bytes, count};
  return ::preadv2(fd, &one, 1, offset, 0);
}

ssize_t preadv2(int fd, const iovec* pieces, int count, off_t offset, int flags) {
  return ::preadv2(fd, pieces, count, offset, flags);
}

ssize_t pwrite(int fd, const void* bytes, std::size_t count, off_t offset) {
  return ::pwrite(fd, bytes, count, offset);
}

ssize_t sendfile(int socket, int fd, off_t& offset, std::size_t count) {
  return ::sendfile(socket, fd, &offset, count);
}

ssize_t splice_from_file(int fd, off_t offset, int pipe, std::size_t count) {
  return ::splice(fd, &offset, pipe, nullptr, count, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
}

ssize_t splice_to_file(int pipe, int fd, off_t& offset, std::size_t count) {
  return ::splice(pipe, nullptr, fd, &offset, count, SPLICE_F_MOVE);
}

int ftruncate(int fd, off_t size) { return ::ftruncate(fd, size); }

int mkdirat(int directory, const char* name, mode_t mode) { return ::mkdirat(directory, name, mode); }

int unlinkat(int directory, const char* name, int flags) { return ::unlinkat(directory, name, flags); }

int renameat2(int from_directory, const char* from, int to_directory, const char* to, unsigned flags) {
  // The C library would make another call of it where there are no flags.
  return static_cast<int>(::syscall(SYS_renameat2, from_directory, from, to_directory, to, flags));
}

int utimensat(const char* path, const timespec* times) { return ::utimensat(AT_FDCWD, path, times, 0); }

int chmod(const char* path, mode_t mode) { return ::chmod(path, mode); }

}  // namespace uvftpd::file_calls
