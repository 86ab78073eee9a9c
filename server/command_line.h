// The command line: what was asked for, as a value. It prints nothing and starts nothing.
//
// Every mistake in it is a UsageError (exit status 64). `serve`'s directory is looked for on the disk.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "server/config.h"
#include "server/status_view.h"

namespace uvftpd {

struct RunCommand {
  std::vector<std::string> files;  // never empty
  bool ready = false;
};

struct ServeUser {
  std::string name;
  std::string password;  // clear text: it stands on the command line anyway
};

struct ServeCommand {
  std::string directory;  // absolute
  std::vector<SocketAddress> listen;
  bool writable = false;
  bool tls = false;  // with a certificate of its own making
  std::vector<ServeUser> users;
  bool ready = false;
};

struct CheckCommand {
  std::vector<std::string> files;
  bool print_example = false;
  bool systemd = false;  // the drop-in that it needs
};

struct HashPasswordCommand {};

struct ImportVsftpdCommand {
  std::string file;
};

// Of a daemon that runs, by its control socket.
struct StatusCommand {
  std::string socket;
  StatusForm form = StatusForm::text;
  bool watch = false;
};

struct KickCommand {
  std::string socket;
  std::uint64_t session = 0;
};

struct ReloadCommand {
  std::string socket;
};

struct PrintCommand {  // --help, --version
  std::string text;
};

struct UsageError {
  std::string message;  // without the program's name and without a newline
};

using Command = std::variant<RunCommand, ServeCommand, CheckCommand, HashPasswordCommand, ImportVsftpdCommand,
                             StatusCommand, KickCommand, ReloadCommand, PrintCommand, UsageError>;

Command parse_command_line(int argc, const char* const* argv);

// What `serve` runs with: no limits that a trial on one's own machine would meet.
Config serve_config(const ServeCommand& command);

}  // namespace uvftpd
