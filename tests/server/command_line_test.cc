// What the arguments ask for, and what is refused.
#include "server/command_line.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "auth/password_hash.h"
#include "tests/server/config_files.h"

namespace uvftpd {
namespace {

Command parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "uvftpd");
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

template <typename Kind>
Kind parse_as(const std::vector<std::string>& arguments) {
  const Command command = parse(arguments);
  if (const auto* error = std::get_if<UsageError>(&command)) ADD_FAILURE() << error->message;
  const auto* kind = std::get_if<Kind>(&command);
  EXPECT_NE(kind, nullptr) << "another command";
  return kind == nullptr ? Kind{} : *kind;
}

// The message; empty where the arguments are right.
std::string usage_error(const std::vector<std::string>& arguments) {
  const Command command = parse(arguments);
  const auto* error = std::get_if<UsageError>(&command);
  return error == nullptr ? "" : error->message;
}

using Strings = std::vector<std::string>;

TEST(CommandLine, NothingRunsTheDefaultFile) {
  const auto run = parse_as<RunCommand>({});
  EXPECT_EQ(run.files, (Strings{"/etc/uvftpd/uvftpd.toml"}));
  EXPECT_FALSE(run.ready);
}

TEST(CommandLine, RunTakesFilesInOrder) {
  EXPECT_EQ(parse_as<RunCommand>({"-c", "a", "-c", "b"}).files, (Strings{"a", "b"}));
  EXPECT_EQ(parse_as<RunCommand>({"run", "-c", "a", "--config", "b"}).files, (Strings{"a", "b"}));
  EXPECT_EQ(parse_as<RunCommand>({"-c", "a", "run", "-c", "b"}).files, (Strings{"a", "b"}));
  EXPECT_EQ(parse_as<RunCommand>({"run"}).files, (Strings{"/etc/uvftpd/uvftpd.toml"}));
}

TEST(CommandLine, ReadyStandsBeforeOrBehindRun) {
  EXPECT_TRUE(parse_as<RunCommand>({"--ready"}).ready);
  EXPECT_TRUE(parse_as<RunCommand>({"--ready", "run"}).ready);
  EXPECT_TRUE(parse_as<RunCommand>({"run", "-c", "a", "--ready"}).ready);
}

TEST(CommandLine, CheckTakesFilesOrPrintsTheExample) {
  EXPECT_EQ(parse_as<CheckCommand>({"check", "-c", "a", "-c", "b"}).files, (Strings{"a", "b"}));
  EXPECT_EQ(parse_as<CheckCommand>({"check"}).files, (Strings{"/etc/uvftpd/uvftpd.toml"}));
  EXPECT_FALSE(parse_as<CheckCommand>({"check"}).print_example);
  EXPECT_TRUE(parse_as<CheckCommand>({"check", "--print-example"}).print_example);
}

TEST(CommandLine, HashPasswordTakesNothing) {
  parse_as<HashPasswordCommand>({"hash-password"});
  EXPECT_NE(usage_error({"hash-password", "secret"}), "");
}

TEST(CommandLine, HelpAndVersionAreText) {
  const std::string help = parse_as<PrintCommand>({"--help"}).text;
  for (const char* const word : {"run", "serve", "check", "hash-password", "--version", "--ready"})
    EXPECT_NE(help.find(word), std::string::npos) << word;
  const std::string serve = parse_as<PrintCommand>({"serve", "--help"}).text;
  for (const char* const word :
       {"--port", "--listen", "--writable", "--tls", "--user", "NAME:PASSWORD", "DIR"})
    EXPECT_NE(serve.find(word), std::string::npos) << word;
  EXPECT_NE(parse_as<PrintCommand>({"check", "--help"}).text.find("--print-example"), std::string::npos);
  EXPECT_NE(parse_as<PrintCommand>({"run", "--help"}).text.find("--config"), std::string::npos);
  EXPECT_NE(parse_as<PrintCommand>({"hash-password", "--help"}).text, "");
  EXPECT_EQ(parse_as<PrintCommand>({"--version"}).text, "uvftpd " UVFTPD_VERSION "\n");
}

TEST(CommandLine, ArgumentsOfNoCommandAreRefused) {
  EXPECT_NE(usage_error({"sevre"}), "");
  EXPECT_NE(usage_error({"--redy"}), "");
  EXPECT_NE(usage_error({"-c"}), "");
  EXPECT_NE(usage_error({"run", "check"}), "");
  EXPECT_NE(usage_error({"run", "--port", "1"}), "");
  EXPECT_NE(usage_error({"check", "--ready"}), "");
  EXPECT_NE(usage_error({"-c", "a", "serve"}), "");
  EXPECT_NE(usage_error({"--ready", "check"}), "");
}

using CommandLineServe = ConfigFiles;

TEST_F(CommandLineServe, SharesTheDirectoryHereOnTheLoopbackByDefault) {
  const auto serve = parse_as<ServeCommand>({"serve"});
  EXPECT_EQ(serve.directory, std::filesystem::current_path().native());
  ASSERT_EQ(serve.listen.size(), 2U);
  EXPECT_EQ(to_string(serve.listen[0]), "127.0.0.1:2121");
  EXPECT_EQ(to_string(serve.listen[1]), "[::1]:2121");
  EXPECT_FALSE(serve.writable);
  EXPECT_FALSE(serve.tls);
  EXPECT_FALSE(serve.ready);
  EXPECT_TRUE(serve.users.empty());
}

TEST_F(CommandLineServe, TakesItsOptionsInAnyOrder) {
  const auto serve =
      parse_as<ServeCommand>({"serve", "--listen", "0.0.0.0", "--user", "alice:a:b", directory("pub"),
                              "--writable", "--listen", "::", "--port", "0", "--user", "bob:c", "--ready"});
  EXPECT_EQ(serve.directory, path("pub"));
  ASSERT_EQ(serve.listen.size(), 2U);
  EXPECT_EQ(to_string(serve.listen[0]), "0.0.0.0:0");
  EXPECT_EQ(to_string(serve.listen[1]), "[::]:0");
  EXPECT_TRUE(serve.writable);
  EXPECT_TRUE(serve.ready);
  ASSERT_EQ(serve.users.size(), 2U);
  EXPECT_EQ(serve.users[0].name, "alice");
  EXPECT_EQ(serve.users[0].password, "a:b") << "only the first colon parts";
  EXPECT_EQ(serve.users[1].name, "bob");
}

TEST_F(CommandLineServe, RefusesWhatIsNoDirectory) {
  EXPECT_EQ(usage_error({"serve", "/no/such"}), "serve: \"/no/such\": No such file or directory");
  const std::string plain = file("plain", "");
  EXPECT_EQ(usage_error({"serve", plain}), "serve: \"" + plain + "\" is not a directory");
  EXPECT_NE(usage_error({"serve", directory("a"), directory("b")}), "");
}

TEST_F(CommandLineServe, RefusesPortsAndAddressesThatAreNone) {
  for (const char* const port : {"65536", "-1", "21x", "", " 21", "ftp"})
    EXPECT_NE(usage_error({"serve", "--port", port}), "") << port;
  for (const char* const address : {"localhost", "127.0.0.1:21", "[::1]", ""})
    EXPECT_NE(usage_error({"serve", "--listen", address}), "") << address;
}

TEST_F(CommandLineServe, RefusesUsersWithoutNameOrPassword) {
  EXPECT_EQ(usage_error({"serve", "--user", "alice"}), "--user must be NAME:PASSWORD");
  for (const std::string user : {"", ":", "alice:", ":secret", "ftp:secret", "Anonymous:secret"})
    EXPECT_NE(usage_error({"serve", "--user", user}), "") << user;
  EXPECT_NE(usage_error({"serve", "--user", "alice:" + std::string(512, 'x')}), "");
  EXPECT_EQ(usage_error({"serve", "--user", "alice:a", "--user", "alice:b"}),
            "--user: the name \"alice\" is given twice");
}

TEST_F(CommandLineServe, IsReadOnlyUnlessWritable) {
  ServeCommand command = parse_as<ServeCommand>({"serve", directory("pub"), "--user", "alice:wonder"});
  const Config reading = serve_config(command);
  EXPECT_TRUE(reading.anonymous.enabled);
  EXPECT_EQ(reading.anonymous.root, path("pub"));
  EXPECT_EQ(reading.anonymous.write, AnonymousWrite::none);
  ASSERT_EQ(reading.users.size(), 1U);
  EXPECT_EQ(reading.users[0].name, "alice");
  EXPECT_EQ(reading.users[0].root, path("pub"));
  EXPECT_EQ(reading.users[0].permissions, Permissions::reading());
  EXPECT_TRUE(verify_password("wonder", reading.users[0].password_hash));

  command.writable = true;
  const Config writing = serve_config(command);
  EXPECT_EQ(writing.anonymous.write, AnonymousWrite::full);
  EXPECT_EQ(writing.users[0].permissions, Permissions::all());
}

TEST_F(CommandLineServe, OffersTlsWithACertificateOfItsOwnWhereAsked) {
  ServeCommand command = parse_as<ServeCommand>({"serve", "--tls"});
  EXPECT_TRUE(command.tls);
  const Config with = serve_config(command);
  EXPECT_EQ(with.tls.source, Config::Tls::Source::self_signed);
  EXPECT_EQ(with.tls.mode, TlsPolicy::allow);
  command.tls = false;
  EXPECT_EQ(serve_config(command).tls.mode, TlsPolicy::off);
}

TEST_F(CommandLineServe, HasNoLimitsThatATrialMeets) {
  const Config config = serve_config(parse_as<ServeCommand>({"serve", "--port", "0"}));
  EXPECT_EQ(config.limits.per_address, 0U);
  EXPECT_EQ(config.limits.login_delay, Milliseconds(0));
  EXPECT_EQ(config.active.source_port, 0);
  EXPECT_EQ(config.log.level, "warn");
  ASSERT_EQ(config.server.listen.size(), 2U);
  EXPECT_EQ(config.server.listen[0].port, 0);
}

}  // namespace
}  // namespace uvftpd
