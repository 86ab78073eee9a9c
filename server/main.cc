// The program: what the command line asks for, done. Exit statuses are sysexits(3)'s, see ExitStatus.
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "auth/password_hash.h"
#include "server/administration.h"
#include "server/command_line.h"
#include "server/config_example.h"
#include "server/config_reader.h"
#include "server/config_report.h"
#include "server/config_systemd.h"
#include "server/daemon.h"
#include "server/import_vsftpd.h"
#include "server/password_prompt.h"

namespace uvftpd {
namespace {

void print(std::FILE* stream, std::string_view text) { std::fwrite(text.data(), 1, text.size(), stream); }

ExitStatus fail(ExitStatus status, std::string_view message) {
  print(stderr, "uvftpd: " + std::string(message) + '\n');
  return status;
}

ExitStatus tell(const std::vector<Mistake>& mistakes) {
  for (const Mistake& mistake : mistakes) print(stderr, to_string(mistake) + '\n');
  return ExitStatus::bad_configuration;
}

struct Execute {
  ExitStatus operator()(const RunCommand& command) const {
    ReadConfig read = read_config(command.files);
    if (!read.mistakes.empty()) return tell(read.mistakes);
    const Announce how = command.ready ? Announce::ready_line : Announce::nothing;
    return run_supervised(command.files, std::move(read.config), how);
  }

  ExitStatus operator()(const ServeCommand& command) const {
    const bool for_a_person = !command.ready && isatty(STDOUT_FILENO) == 1;
    return run_daemon(serve_config(command), for_a_person ? Announce::invitation : Announce::ready_line);
  }

  ExitStatus operator()(const CheckCommand& command) const {
    if (command.print_example) return (*this)(PrintCommand{example_file()});
    const ReadConfig read = read_config(command.files);
    if (!read.mistakes.empty()) return tell(read.mistakes);
    return (*this)(PrintCommand{command.systemd ? systemd_drop_in(read.config) : describe(read.config)});
  }

  ExitStatus operator()(const HashPasswordCommand&) const {
    std::string password;
    const std::string_view fault = ask_password(password);
    const auto hash = fault.empty() ? hash_password(password, HashCost::lasting) : std::nullopt;
    wipe(password);
    if (!fault.empty()) return fail(ExitStatus::usage, fault);
    if (!hash) return fail(ExitStatus::failed, "crypt(3) made no hash");
    return (*this)(PrintCommand{*hash + '\n'});
  }

  ExitStatus operator()(const ImportVsftpdCommand& command) const {
    const ImportedVsftpd imported = import_vsftpd_file(command.file);
    if (!imported.mistakes.empty()) return tell(imported.mistakes);
    for (const std::string& warning : imported.warnings) print(stderr, warning + '\n');
    return (*this)(PrintCommand{imported.toml});
  }

  ExitStatus operator()(const StatusCommand& command) const { return show_status(command); }
  ExitStatus operator()(const KickCommand& command) const { return kick_session(command); }
  ExitStatus operator()(const ReloadCommand& command) const { return reload_daemon(command); }

  ExitStatus operator()(const PrintCommand& command) const {
    print(stdout, command.text);
    const bool printed = std::fflush(stdout) == 0;
    return printed ? ExitStatus::ok : fail(ExitStatus::failed, "stdout cannot be written");
  }

  ExitStatus operator()(const UsageError& error) const {
    return fail(ExitStatus::usage, error.message + " (see uvftpd --help)");
  }
};

}  // namespace
}  // namespace uvftpd

int main(int argc, char** argv) {
  const uvftpd::Command command = uvftpd::parse_command_line(argc, argv);
  return static_cast<int>(std::visit(uvftpd::Execute{}, command));
}
