// The daemon itself: from a configuration to an exit status, in the foreground.
#pragma once

#include <string>
#include <vector>

#include "server/announcement.h"
#include "server/config.h"
#include "server/exit_status.h"

namespace uvftpd {

// Serves until SIGTERM or SIGINT. Says on the log (stderr before it is open) why it could not.
ExitStatus run_daemon(const Config& config, Announce announce);

// The same with a supervisor: SIGHUP takes what `files` hold then. `config` is what was read of them.
ExitStatus run_supervised(std::vector<std::string> files, Config config, Announce announce);

}  // namespace uvftpd
