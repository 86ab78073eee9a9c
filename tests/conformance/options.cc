// The command line, taken apart by hand: a dozen options of one form need no library.
// A mistake in it must never start a run.
#include "options.h"

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <stdexcept>

#include "line.h"

namespace conformance {

const char* const kUsage =
    "Usage: conformance [--host HOST [--port PORT] --user NAME --password WORD [--root DIR]] [OPTION...]\n"
    "Runs the FTP checklist against a server; without --host against a daemon that it starts.\n"
    "  --host HOST       the server's IPv4 address\n"
    "  --port PORT       its control port [21]\n"
    "  --ipv6-host HOST  its IPv6 address, same port [::1]\n"
    "  --user NAME       a login that may write\n"
    "  --password WORD   its password\n"
    "  --root DIR        the login's directory on this machine, writable for this program\n"
    "  --log FILE        the server's log on this machine\n"
    "  --server FILE     the uvftpd binary that is started without --host\n"
    "  --table FILE      write number, level, verdict and name there, separated by tabs\n"
    "  --patience SECS   the longest wait for anything [5]\n"
    "Exit status: 1 if a MUST fails (a SHOULD too, against its own daemon), 64 for a wrong command line.\n";

Options read_options(int argc, char** argv) {
  Options result;
  const auto text = [](std::string& field) { return [&field](const std::string& value) { field = value; }; };
  const std::map<std::string, std::function<void(const std::string&)>> known = {
      {"--host", text(result.host)},
      {"--ipv6-host", text(result.ipv6_host)},
      {"--user", text(result.user)},
      {"--password", text(result.password)},
      {"--root", text(result.root)},
      {"--log", text(result.log)},
      {"--server", text(result.server)},
      {"--table", text(result.table)},
      {"--port",
       [&](const std::string& value) { result.port = static_cast<std::uint16_t>(std::stoul(value)); }},
      {"--patience",
       [&](const std::string& value) {
         result.patience = std::chrono::milliseconds(static_cast<std::int64_t>(std::stod(value) * 1000));
       }},
  };
  for (int i = 1; i < argc; i += 2) {
    const auto found = known.find(argv[i]);
    if (found == known.end()) throw std::invalid_argument("unknown option " + std::string(argv[i]));
    if (i + 1 == argc) throw std::invalid_argument(std::string(argv[i]) + " needs a value");
    found->second(argv[i + 1]);
  }
  return result;
}

Options& options() {
  static Options the_options;
  return the_options;
}

std::string server_log() {
  if (options().log.empty()) throw NotShown("needs --log: the server's log is its own");
  std::ifstream file(options().log, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace conformance
