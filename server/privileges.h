// Who the daemon is: never root once it serves, and with no capability but the one for its ports.
//
// All of it is done before the first thread starts, since each thread has capabilities of its own.
#pragma once

#include <string>

#include "server/config.h"

namespace uvftpd {

// Started as root: becomes `server.user` (`serve`: the owner of what is shared), with nothing left but the
// right to bind ports below 1024. Otherwise gives up what else there is. What is wrong; empty: done.
std::string become_unprivileged(const Config& config);

// For a process beside the daemon. False: could not be given up.
bool give_up_all_capabilities();

// The ports are open; what is still needed is port 20, if that. False: could not be given up.
bool give_up_ports_unless_active(const Config::Active& active);

}  // namespace uvftpd
