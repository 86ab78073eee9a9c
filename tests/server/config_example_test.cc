// The shipped file: it is what the table makes, and it says the defaults.
#include "server/config_example.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "server/config_table.h"
#include "tests/server/config_files.h"

namespace uvftpd {
namespace {

using ConfigExample = ConfigFiles;

TEST_F(ConfigExample, IsTheShippedFile) {
  std::ifstream shipped(UVFTPD_SOURCE_DIR "/etc/uvftpd.toml");
  const std::string text{std::istreambuf_iterator<char>(shipped), {}};
  EXPECT_EQ(text, example_file()) << "make it anew: uvftpd check --print-example > etc/uvftpd.toml";
}

TEST_F(ConfigExample, SaysTheDefaults) {
  const ReadConfig got = read(example_file());
  EXPECT_EQ(mistakes_of(got), "");
  const Config& read = got.config;
  const Config known;
  EXPECT_EQ(read.server.listen, read_config({}).config.server.listen);
  EXPECT_EQ(read.server.banner, known.server.banner);
  EXPECT_EQ(read.active.enabled, known.active.enabled);
  EXPECT_EQ(read.active.source_port, known.active.source_port);
  EXPECT_EQ(read.active.without_source_port, known.active.without_source_port);
  EXPECT_EQ(read.passive.enabled, known.passive.enabled);
  EXPECT_EQ(read.passive.ports, known.passive.ports);
  EXPECT_EQ(read.passive.address, known.passive.address);
  EXPECT_EQ(read.passive.lookup_interval, known.passive.lookup_interval);
  EXPECT_TRUE(read.passive.rules.empty());
  EXPECT_EQ(read.timeouts.idle, known.timeouts.idle);
  EXPECT_EQ(read.timeouts.login, known.timeouts.login);
  EXPECT_EQ(read.timeouts.data_open, known.timeouts.data_open);
  EXPECT_EQ(read.timeouts.stalled, known.timeouts.stalled);
  EXPECT_EQ(read.limits.sessions, known.limits.sessions);
  EXPECT_EQ(read.limits.per_address, known.limits.per_address);
  EXPECT_EQ(read.limits.login_failures, known.limits.login_failures);
  EXPECT_EQ(read.limits.login_delay, known.limits.login_delay);
  EXPECT_EQ(read.anonymous.enabled, known.anonymous.enabled);
  EXPECT_EQ(read.anonymous.root, known.anonymous.root);
  EXPECT_EQ(read.anonymous.write, known.anonymous.write);
  EXPECT_EQ(read.anonymous.upload_directory, known.anonymous.upload_directory);
  EXPECT_EQ(read.anonymous.require_email, known.anonymous.require_email);
  EXPECT_EQ(read.anonymous.tls, known.anonymous.tls);
  EXPECT_TRUE(read.users.empty());
  EXPECT_EQ(read.tls.certificate, known.tls.certificate);
  EXPECT_EQ(read.tls.key, known.tls.key);
  EXPECT_EQ(read.tls.mode, known.tls.mode);
  EXPECT_EQ(read.tls.implicit_listen, known.tls.implicit_listen);
  EXPECT_EQ(read.tls.minimum_version, known.tls.minimum_version);
  EXPECT_EQ(read.tls.client_ca, known.tls.client_ca);
  EXPECT_EQ(read.tls.session_reuse, known.tls.session_reuse);
  EXPECT_EQ(read.tls.unclean_end, known.tls.unclean_end);
  EXPECT_EQ(read.log.level, known.log.level);
  EXPECT_EQ(read.log.format, known.log.format);
  EXPECT_EQ(read.log.target, known.log.target);
  EXPECT_EQ(read.log.xferlog, known.log.xferlog);
}

TEST_F(ConfigExample, HasALineAboveEveryKey) {
  const std::string text = example_file();
  for (const Option& option : options()) {
    const std::string key = std::string(option.key) + " = " + std::string(option.value);
    EXPECT_NE(text.find("# " + std::string(option.explanation) + '\n'), std::string::npos) << key;
    EXPECT_NE(text.find('\n' + key + '\n') & text.find("\n#" + key + '\n'), std::string::npos) << key;
    EXPECT_EQ(option.explanation.find('\n'), std::string_view::npos) << key;
  }
}

// A setting to uncomment begins with a bare '#', prose with "# ".
TEST_F(ConfigExample, BlocksCanBeUncommented) {
  std::string text = example_file();
  for (std::size_t at = text.find("\n#"); at != std::string::npos; at = text.find("\n#", at + 1))
    if (text[at + 2] != ' ') text.erase(at + 1, 1);
  const std::string root = "root = \"/srv/ftp/alice\"";
  text.replace(text.find(root), root.size(), "root = \"" + directory("alice") + '"');
  const ReadConfig got = read(text);
  EXPECT_EQ(mistakes_of(got), "");
  EXPECT_EQ(got.config.users.size(), 1U);
  EXPECT_EQ(got.config.passive.rules.size(), 1U);
}

}  // namespace
}  // namespace uvftpd
