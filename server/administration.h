// The administrator's commands to a daemon that runs: asked by its control socket, answered on stdout and
// stderr.
#pragma once

#include "server/command_line.h"
#include "server/exit_status.h"

namespace uvftpd {

ExitStatus show_status(const StatusCommand& command);  // with --watch: until a signal ends it
ExitStatus kick_session(const KickCommand& command);
ExitStatus reload_daemon(const ReloadCommand& command);

}  // namespace uvftpd
