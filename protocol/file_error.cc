#include "protocol/file_error.h"

#include <cerrno>
#include <system_error>

namespace uvftpd {

std::string describe_file_error(int error) {
  switch (error) {
    case EPERM:
    case EACCES:
      return "Permission denied.";
    case EINVAL:
    case ENXIO:
      return "Not a regular file.";
    case EXDEV:
      return "Not within one file system.";
    default:
      return std::generic_category().message(error) + ".";
  }
}

Reply file_error_reply(int error, Code otherwise) {
  Code code = otherwise;
  if (error == EAGAIN || error == ETXTBSY) code = Code::file_busy;
  if (error == EIO) code = Code::local_error;
  if (error == EDQUOT || error == EFBIG) code = Code::quota_exceeded;
  if (error == ENOSPC) code = Code::no_space;
  return {code, describe_file_error(error)};
}

}  // namespace uvftpd
