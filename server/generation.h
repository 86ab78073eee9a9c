// What one process that serves is given for life: a configuration, the sockets to listen at, and who it takes
// orders from. `serve` is one generation without a supervisor.
#pragma once

#include <unistd.h>

#include "server/announcement.h"
#include "server/config.h"
#include "server/descriptor.h"
#include "server/listeners.h"

namespace uvftpd {

struct Generation {
  Config config;
  Listeners listeners;
  Descriptor supervisor = {};  // a stream of orders, see supervisor.h; not open: signals are the orders
  Descriptor notices = {};     // for the service manager, a message each
  pid_t pid = ::getpid();      // the one that an administrator knows
  Announce announce = Announce::nothing;
};

}  // namespace uvftpd
