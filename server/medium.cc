#include "server/medium.h"

#include <linux/magic.h>

#include "server/file_calls.h"

namespace uvftpd {

Medium medium_of(int fd) {
  struct statfs system {};
  if (file_calls::fstatfs(fd, system) != 0) return Medium::elsewhere;
  switch (system.f_type) {
    case TMPFS_MAGIC:
    case RAMFS_MAGIC:
      return Medium::memory;
    case EXT4_SUPER_MAGIC:
    case XFS_SUPER_MAGIC:
    case BTRFS_SUPER_MAGIC:
    case F2FS_SUPER_MAGIC:
      return Medium::local_disk;
    default:
      return Medium::elsewhere;
  }
}

}  // namespace uvftpd
