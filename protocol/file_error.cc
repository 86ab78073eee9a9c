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
    case ESPIPE:
      return "The offset lies beyond the end of the file.";
    case EOVERFLOW:
      return "Too large to count in TYPE A, set TYPE I.";
    case EMSGSIZE:
      return "More was sent than the range has room for.";
    case ENOTSUP:
      return "Not offered by this machine.";
    case EXDEV:
      return "Not within one file system.";
    default:
      return std::generic_category().message(error) + ".";
  }
}

Reply file_error_reply(int error, Code otherwise) {
  const bool has_no_room = error == ENOSPC || error == EDQUOT || error == EFBIG;
  const bool is_busy = error == EAGAIN || error == ETXTBSY || error == EIO || error == EMFILE ||
                       error == ENFILE || error == ENOMEM;  // it may be better the next time
  if (error == ECANCELED) return {Code::transfer_aborted, "Aborted."};
  if (error == ESPIPE) return {Code::bad_restart, describe_file_error(error)};
  if (otherwise == Code::not_a_directory && error != ENOTDIR) otherwise = Code::file_unavailable;
  Code code = otherwise;
  if (otherwise == Code::local_error) {  // in mid-transfer
    if (has_no_room) code = Code::quota_exceeded;
  } else if (is_busy) {
    code = Code::file_busy;
  } else if (has_no_room && otherwise == Code::name_not_allowed) {
    code = Code::no_space;
  }
  return {code, describe_file_error(error)};
}

}  // namespace uvftpd
