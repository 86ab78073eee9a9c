// The one file that includes CLI11, which is slow to compile and throws: neither leaves here. CLI11 hands
// over text only; numbers and addresses are read as the configuration reads them.
#include "server/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "auth/password_hash.h"
#include "server/command_table.h"
#include "server/config_text.h"
#include "server/config_value.h"
#include "server/documents.h"

namespace uvftpd {
namespace {

constexpr const char* kAbout = "A minimal FTP server";
constexpr const char* kDefaultFile = "/etc/uvftpd/uvftpd.toml";
constexpr const char* kDefaultSocket = "/run/uvftpd/control";

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
    bool tls = false;
    std::vector<std::string> users;
    bool ready = false;
  } serve;
  struct {
    std::vector<std::string> files;
    bool print_example = false;
    bool systemd = false;
  } check;
  std::string vsftpd_file;
  struct {
    std::string socket = kDefaultSocket;
    bool json = false, prometheus = false, watch = false;
    std::string session;
  } administration;
  std::string document;
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
  serve.add_flag("--tls", words.serve.tls,
                 "Offer TLS (AUTH TLS) with a certificate made at start; its fingerprint is told");
  serve
      .add_option(
          "--user", words.serve.users,
          "A user beside anonymous; may be repeated. Other users of this machine can see the password")
      ->type_name("NAME:PASSWORD")
      ->allow_extra_args(false);
  add_ready(serve, words.serve.ready);
}

CLI::App& add_socket(CLI::App& app, std::string& socket) {
  app.add_option("--socket", socket,
                 std::string("The daemon's server.control_socket [") + kDefaultSocket + "]")
      ->type_name("FILE");
  return app;
}

void add_administration(CLI::App& app, Words& words) {
  auto& asked = words.administration;
  CLI::App& status = add_socket(
      *app.add_subcommand("status", "Tell who is there and what runs, of a daemon that runs"), asked.socket);
  status.add_flag("--json", asked.json, "As JSON");
  status.add_flag("--prometheus", asked.prometheus, "As text for Prometheus");
  status.add_flag("--watch", asked.watch, "Again each second, until Ctrl-C");
  add_socket(*app.add_subcommand("kick", "End a session of a daemon that runs"), asked.socket)
      .add_option("ID", asked.session, "Its number, as `status` and the log tell it")
      ->type_name("")
      ->required();
  add_socket(*app.add_subcommand("reload",
                                 "Let a daemon that runs read its configuration anew; fails if that "
                                 "is not in order"),
             asked.socket);
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
  check.add_flag("--systemd", words.check.systemd,
                 "Print the drop-in for uvftpd.service that the configuration needs instead");

  app.add_subcommand("hash-password",
                     "Read a password from the terminal or stdin, print what the file wants");

  app.add_subcommand("import-vsftpd",
                     "Print a vsftpd.conf as TOML, and tell what became of each of its lines")
      ->add_option("FILE", words.vsftpd_file, "The vsftpd.conf")
      ->type_name("")
      ->required();
  add_administration(app, words);
  app.add_subcommand("print", "Print a manual page, or what completes this command line in a shell")
      ->add_option("WHAT", words.document, "The page, or the shell")
      ->type_name(kDocuments)
      ->required();
}

CommandOption row_of(const CLI::Option& option) {
  CommandOption row;
  row.value = option.get_type_name();
  row.explanation = option.get_description();
  if (!option.get_snames().empty()) row.short_name = '-' + option.get_snames().front();
  if (!option.get_lnames().empty()) row.long_name = "--" + option.get_lnames().front();
  if (is_argument(row) && words_of(row).empty()) row.value = option.get_single_name();
  if (option.get_items_expected_max() == 0) row.value.clear();
  if (option.get_items_expected_max() > 1) row.times = CommandOption::Times::any;
  if (option.get_required()) row.need = CommandOption::Need::required;
  return row;
}

CommandRow row_of(const CLI::App& app, std::string name) {
  CommandRow row{std::move(name), app.get_description(), {}};
  for (const CLI::Option* option : app.get_options())
    if (!option->get_group().empty()) row.options.push_back(row_of(*option));
  return row;
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
  command.tls = words.serve.tls;
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

Command print_command(const std::string& name) {
  auto text = document(name);
  if (!text) return UsageError{"print takes one of " + std::string(kDocuments) + ", not " + shown(name)};
  return PrintCommand{*std::move(text)};
}

Command status_command(const Words& words) {
  const auto& asked = words.administration;
  if (asked.json && asked.prometheus) return UsageError{"--json and --prometheus are two forms: choose one"};
  const StatusForm other = asked.prometheus ? StatusForm::prometheus : StatusForm::text;
  return StatusCommand{asked.socket, asked.json ? StatusForm::json : other, asked.watch};
}

Command kick_command(const Words& words) {
  const auto session = parse_whole<std::uint64_t>(words.administration.session);
  if (!session) return UsageError{"kick: a session is a number, not " + shown(words.administration.session)};
  return KickCommand{words.administration.socket, *session};
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
    return CheckCommand{or_default(words.check.files), words.check.print_example, words.check.systemd};
  if (app.got_subcommand("import-vsftpd")) return ImportVsftpdCommand{words.vsftpd_file};
  if (app.got_subcommand("status")) return status_command(words);
  if (app.got_subcommand("kick")) return kick_command(words);
  if (app.got_subcommand("reload")) return ReloadCommand{words.administration.socket};
  if (app.got_subcommand("print")) return print_command(words.document);
  return HashPasswordCommand{};
}

}  // namespace

std::vector<CommandRow> command_table() {
  CLI::App app(kAbout, "uvftpd");
  Words words;
  add_commands(app, words);
  std::vector<CommandRow> rows = {row_of(app, "")};
  const std::function<bool(const CLI::App*)> any;
  for (const CLI::App* command : std::as_const(app).get_subcommands(any))
    rows.push_back(row_of(*command, command->get_name()));
  return rows;
}

Command parse_command_line(int argc, const char* const* argv) {
  CLI::App app(kAbout, "uvftpd");
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
  if (command.tls) {
    config.tls.source = Config::Tls::Source::self_signed;
    config.tls.mode = TlsPolicy::allow;
  }
  for (const ServeUser& user : command.users) {
    // A hash that could not be made locks the user out rather than letting anybody in.
    const auto hash = hash_password(user.password, HashCost::session);
    config.users.push_back({user.name, hash.value_or("!"), command.directory,
                            command.writable ? Permissions::all() : Permissions::reading()});
  }
  return config;
}

}  // namespace uvftpd
