// The one file that includes CLI11, which is slow to compile and throws: neither leaves here. CLI11 hands
// over text only; numbers and addresses are read as the configuration reads them.
#include "server/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "auth/password_hash.h"
#include "server/config_text.h"
#include "server/config_value.h"

namespace uvftpd {
namespace {

constexpr const char* kDefaultFile = "/etc/uvftpd/uvftpd.toml";

// What CLI11 fills in, one group a command.
struct Words {
  std::vector<std::string> files;  // before the command's name, or without one
  bool ready = false;
  struct {
    std::vector<std::string> files;
    bool ready = false;
  } run;
  struct {
    std::string directory = ".";
    std::string port = "2121";
    std::vector<std::string> listen = {"127.0.0.1", "::1"};
    bool writable = false;
    std::vector<std::string> users;
    bool ready = false;
  } serve;
  struct {
    std::vector<std::string> files;
    bool print_example = false;
  } check;
};

void add_files(CLI::App& app, std::vector<std::string>& files) {
  app.add_option(
         "-c,--config", files,
         std::string("A configuration file; a further one overlays the earlier ones [") + kDefaultFile + "]")
      ->type_name("FILE")
      ->allow_extra_args(false);
}

void add_ready(CLI::App& app, bool& ready) {
  app.add_flag("--ready", ready, "Print one line of JSON on stdout once connections are accepted");
}

void add_serve(CLI::App& app, Words& words) {
  CLI::App& serve =
      *app.add_subcommand("serve", "Share a directory with anonymous, without a configuration file");
  serve.add_option("DIR", words.serve.directory, "The directory [here]")->type_name("");
  serve.add_option("--port", words.serve.port, "The port to listen on; 0 is any free one [2121]")
      ->type_name("N");
  serve
      .add_option("--listen", words.serve.listen,
                  "An address to listen on; may be repeated [127.0.0.1 and ::1]")
      ->type_name("ADDR")
      ->allow_extra_args(false);
  serve.add_flag("--writable", words.serve.writable, "Allow everything, not only listing and downloading");
  serve
      .add_option(
          "--user", words.serve.users,
          "A user beside anonymous; may be repeated. Other users of this machine can see the password")
      ->type_name("NAME:PASSWORD")
      ->allow_extra_args(false);
  add_ready(serve, words.serve.ready);
}

void add_commands(CLI::App& app, Words& words) {
  app.set_version_flag("--version", "uvftpd " UVFTPD_VERSION, "Print the version");
  app.require_subcommand(0, 1);
  add_files(app, words.files);
  add_ready(app, words.ready);

  CLI::App& run =
      *app.add_subcommand("run", "Run the daemon, in the foreground (what it does without a command)");
  add_files(run, words.run.files);
  add_ready(run, words.run.ready);

  add_serve(app, words);

  CLI::App& check =
      *app.add_subcommand("check", "Tell every mistake in the configuration, or what it allows");
  add_files(check, words.check.files);
  check.add_flag("--print-example", words.check.print_example, "Print a file with every key instead");

  app.add_subcommand("hash-password",
                     "Read a password from the terminal or stdin, print what the file wants");
}

std::vector<std::string> or_default(std::vector<std::string> files) {
  if (files.empty()) files.emplace_back(kDefaultFile);
  return files;
}

std::optional<UsageError> read_users(const std::vector<std::string>& words, std::vector<ServeUser>& out) {
  for (const std::string& word : words) {
    const std::size_t colon = word.find(':');
    if (colon == std::string::npos) return UsageError{"--user must be NAME:PASSWORD"};
    ServeUser user{word.substr(0, colon), word.substr(colon + 1)};
    if (const auto fault = fault_of_user_name(user.name); !fault.empty())
      return UsageError{"--user: the name must " + std::string(fault)};
    if (user.password.empty() || !is_hashable(user.password))
      return UsageError{"--user: the password must have 1 to 511 bytes"};
    if (std::ranges::count(out, user.name, &ServeUser::name) > 0)
      return UsageError{"--user: the name " + shown(user.name) + " is given twice"};
    out.push_back(std::move(user));
  }
  return std::nullopt;
}

Command serve_command(const Words& words) {
  ServeCommand command;
  command.writable = words.serve.writable;
  command.ready = words.serve.ready;

  std::error_code fault;
  const auto directory = std::filesystem::canonical(words.serve.directory, fault);
  if (fault) return UsageError{"serve: " + shown(words.serve.directory) + ": " + fault.message()};
  if (!std::filesystem::is_directory(directory, fault))
    return UsageError{"serve: " + shown(words.serve.directory) + " is not a directory"};
  command.directory = directory.native();

  const auto port = parse_whole<std::uint16_t>(words.serve.port);
  if (!port) return UsageError{"--port must be a number from 0 to 65535, not " + shown(words.serve.port)};
  for (const std::string& word : words.serve.listen) {
    const auto host = parse_address(word);
    if (!host) return UsageError{"--listen must be an IPv4 or IPv6 address, not " + shown(word)};
    command.listen.push_back({*host, *port});
  }
  if (auto error = read_users(words.serve.users, command.users)) return *error;
  return command;
}

Command command_of(const CLI::App& app, Words words) {
  const bool runs = app.get_subcommands().empty() || app.got_subcommand("run");
  if (runs) {
    auto& files = words.files;
    files.insert(files.end(), words.run.files.begin(), words.run.files.end());
    return RunCommand{or_default(std::move(files)), words.ready || words.run.ready};
  }
  if (!words.files.empty() || words.ready)
    return UsageError{"-c and --ready stand behind the command's name, where it takes them"};
  if (app.got_subcommand("serve")) return serve_command(words);
  if (app.got_subcommand("check"))
    return CheckCommand{or_default(words.check.files), words.check.print_example};
  return HashPasswordCommand{};
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv) {
  CLI::App app("A minimal FTP server", "uvftpd");
  Words words;
  add_commands(app, words);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return PrintCommand{app.help()};
  } catch (const CLI::CallForVersion& version) {
    return PrintCommand{std::string(version.what()) + '\n'};
  } catch (const CLI::ParseError& error) {
    return UsageError{error.what()};
  }
  return command_of(app, std::move(words));
}

Config serve_config(const ServeCommand& command) {
  Config config;
  config.server.listen = command.listen;
  config.server.as_root = AsRoot::owner_of_root;
  config.active.source_port = 0;
  config.limits.per_address = 0;
  config.limits.login_failures_per_address = 0;
  config.limits.login_delay = Milliseconds(0);
  config.log.level = "warn";
  config.anonymous.enabled = true;
  config.anonymous.root = command.directory;
  config.anonymous.write = command.writable ? AnonymousWrite::full : AnonymousWrite::none;
  for (const ServeUser& user : command.users) {
    // A hash that could not be made locks the user out rather than letting anybody in.
    const auto hash = hash_password(user.password, HashCost::session);
    config.users.push_back({user.name, hash.value_or("!"), command.directory,
                            command.writable ? Permissions::all() : Permissions::reading()});
  }
  return config;
}

}  // namespace uvftpd
