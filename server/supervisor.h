// What `run` is: a process that stays, and one behind fences that serves, a generation, which has one
// configuration for life. A reload is a new generation; the one before accepts no more clients and ends with
// its last session.
//
// Why: what a fence has shut stays shut, so a process that serves can take no new root and no new port, and
// what a session may do must not change under it. The process that stays opens the listening sockets, reads
// the configuration and has one thread. No byte of a client reaches it.
//
//   starting -> serving (<-> reloading) -> closing
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/control_socket.h"
#include "server/exit_status.h"
#include "server/generation.h"
#include "server/service_manager.h"
#include "server/totals.h"

namespace uvftpd {

// What the supervisor tells a generation, a line each; "ready" is what it hears first.
inline constexpr std::string_view kReady = "ready\n";
inline constexpr std::string_view kDrain = "drain\n";  // no new clients from the answer on; end with the last
inline constexpr std::string_view kSessions = "sessions\n";  // answered with rows
inline constexpr std::string_view kKick = "kick ";  // and a number: answered with kKicked, or nothing
inline constexpr std::string_view kKicked = "kicked\n";
inline constexpr char kEndOfAnswer = '\0';
inline constexpr std::string_view kClose = "close\n";  // as the first signal to end, or as the second

struct Supervision {
  std::vector<std::string> files;  // of the configuration
  const std::vector<Listeners::Socket>& inherited;
  const ServiceManager& manager;
  const Totals& totals;
  ControlSocket& control;  // open, or not wanted
};

// Returns in the process that stays what it ended with, once the last generation has ended; and in the
// process of each generation what that has to serve. `config` is what was read of the files.
std::variant<ExitStatus, Generation> supervise(Supervision what, Config config, Announce announce);

}  // namespace uvftpd
