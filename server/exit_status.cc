#include "server/exit_status.h"

#include <cerrno>

#include "server/log.h"

namespace uvftpd {

ExitStatus status_for(int error) {
  if (error == EADDRINUSE) return ExitStatus::try_again;
  return error == EACCES || error == EPERM ? ExitStatus::not_permitted : ExitStatus::failed;
}

ExitStatus fail(ExitStatus status, std::string_view what, const std::string& where, const std::string& why) {
  log_event(Level::error, what, {{"where", where}, {"reason", why}});
  return status;
}

}  // namespace uvftpd
