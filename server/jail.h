// How a virtual path becomes a descriptor: beneath the root, by the kernel, in one call.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "server/descriptor.h"

namespace uvftpd {

// What finding a path may cost.
enum class Lookup : std::uint8_t {
  complete,    // may wait for a disk
  remembered,  // an error where the kernel does not know the whole path by heart, or it crosses a mount
};

// openat2(2) with RESOLVE_IN_ROOT: `..`, absolute paths and symbolic links are taken as in a chroot, so that
// whatever is renamed meanwhile, nothing outside of `directory` is reached. -1 and errno on failure.
int open_beneath(int directory, const std::string& path, int flags, Lookup lookup = Lookup::complete);
// One entry of the directory, itself and not where it leads, never opened: EXDEV if something is mounted
// there.
int open_entry(int directory, const std::string& name);
int create_beneath(int directory, const std::string& path, int flags, unsigned mode);

// The directory that holds the path's last component, and that component: one plain name, so that the *at
// calls made with it cannot leave. The root itself has none: EPERM.
struct Leaf {
  Descriptor parent;
  std::string name;
  int error = 0;
};
Leaf find_leaf(const OpenFile& root, const std::string& path, Lookup lookup = Lookup::complete);

// What a path means, links followed; nothing is opened, so that nobody is woken and no device touched.
struct Found {
  struct stat status = {};
  int error = 0;
};
Found look_at(const OpenFile& root, const std::string& path);

// Of a mode: 0 for a regular file, EISDIR for a directory, EINVAL for FIFOs, sockets and devices.
int kind_error(mode_t mode);

}  // namespace uvftpd
