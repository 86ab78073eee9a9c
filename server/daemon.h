// The daemon itself: from a configuration to an exit status, in the foreground.
#pragma once

#include "server/config.h"

namespace uvftpd {

// sysexits(3), as the command line promises them.
enum class ExitStatus : int {
  ok = 0,
  failed = 1,
  usage = 64,
  try_again = 75,      // an address is in use
  not_permitted = 77,  // a privileged port, a directory that may not be read
  bad_configuration = 78,
};

enum class Announce : unsigned char {
  nothing,
  ready_line,  // one JSON line on stdout once connections are accepted
  invitation,  // for a person at a terminal: where it listens and what to type
};

// Serves until SIGTERM or SIGINT. Says on the log (stderr before it is open) why it could not.
ExitStatus run_daemon(const Config& config, Announce announce);

}  // namespace uvftpd
