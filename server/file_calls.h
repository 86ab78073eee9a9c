// The one door to the kernel for files: each function is the system call of its name and decides nothing.
//
// They return what the call returns, with its errno. Tests link other definitions of them, which fail when
// they are told to.
#pragma once

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>

namespace uvftpd::file_calls {

int openat2(int directory, const char* path, const open_how& how);
int close(int fd);

int fstat(int fd, struct stat& status);
int fstatat(int directory, const char* name, struct stat& status, int flags);
int fstatfs(int fd, struct statfs& system);
int fstatvfs(int fd, struct statvfs& system);
int faccessat(int directory, const char* name, int mode, int flags);
ssize_t readlinkat(int directory, const char* name, char* target, std::size_t capacity);
ssize_t getdents64(int fd, void* entries, std::size_t capacity);

ssize_t pread(int fd, void* bytes, std::size_t count, off_t offset);
ssize_t preadv2(int fd, const iovec* pieces, int count, off_t offset, int flags);
ssize_t pwrite(int fd, const void* bytes, std::size_t count, off_t offset);
ssize_t sendfile(int socket, int fd, off_t& offset, std::size_t count);
ssize_t splice_from_file(int fd, off_t offset, int pipe, std::size_t count);
ssize_t splice_to_file(int pipe, int fd, off_t& offset, std::size_t count);
int ftruncate(int fd, off_t size);

int mkdirat(int directory, const char* name, mode_t mode);
int unlinkat(int directory, const char* name, int flags);
int renameat2(int from_directory, const char* from, int to_directory, const char* to, unsigned flags);
int utimensat(const char* path, const timespec* times);
int chmod(const char* path, mode_t mode);

}  // namespace uvftpd::file_calls
