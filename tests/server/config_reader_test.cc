// Files that are right: what they are read as, and how a later one overlays an earlier one.
#include "server/config_reader.h"

#include <gtest/gtest.h>

#include "tests/server/config_files.h"

namespace uvftpd {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class ConfigReader : public ConfigFiles {
 protected:
  // Of a file that is right.
  Config config(const std::string& text) const {
    const ReadConfig got = read(text);
    EXPECT_EQ(mistakes_of(got), "");
    return got.config;
  }
};

TEST_F(ConfigReader, WithoutFilesListensOnPort21OfBothFamilies) {
  const ReadConfig got = read_config({});
  EXPECT_EQ(mistakes_of(got), "");
  ASSERT_EQ(got.config.server.listen.size(), 2U);
  EXPECT_EQ(to_string(got.config.server.listen[0]), "0.0.0.0:21");
  EXPECT_EQ(to_string(got.config.server.listen[1]), "[::]:21");
}

TEST_F(ConfigReader, EmptyFileIsTheDefault) {
  const Config got = config("");
  EXPECT_EQ(got.server.listen.size(), 2U);
  EXPECT_EQ(got.timeouts.idle, seconds(900));
  EXPECT_FALSE(got.anonymous.enabled);
  EXPECT_TRUE(got.users.empty());
}

TEST_F(ConfigReader, ReadsTheServerSection) {
  const Config got = config("[server]\nlisten = [\"127.0.0.1:0\", \"[::1]:2121\"]\nbanner = \"Grüezi\"\n");
  ASSERT_EQ(got.server.listen.size(), 2U);
  EXPECT_EQ(to_string(got.server.listen[0]), "127.0.0.1:0");
  EXPECT_EQ(to_string(got.server.listen[1]), "[::1]:2121");
  EXPECT_EQ(got.server.banner, "Grüezi");
}

TEST_F(ConfigReader, ReadsTheDataConnectionSections) {
  const Config got = config(
      "[active]\nenabled = false\nsource_port = 0\nwithout_source_port = \"refuse\"\n"
      "[passive]\nports = \"50000-50010\"\naddress = \"ftp.example.org\"\n"
      "[[passive.rule]]\nclients = [\"10.0.0.0/8\", \"::1\"]\n"
      "[[passive.rule]]\nclients = [\"192.0.2.1\"]\naddress = \"192.0.2.2\"\n");
  EXPECT_FALSE(got.active.enabled);
  EXPECT_EQ(got.active.source_port, 0);
  EXPECT_EQ(got.active.without_source_port, WithoutSourcePort::refuse);
  EXPECT_EQ(got.passive.ports, (PortRange{50000, 50010}));
  EXPECT_EQ(got.passive.address, "ftp.example.org");
  ASSERT_EQ(got.passive.rules.size(), 2U);
  EXPECT_EQ(got.passive.rules[0].clients.size(), 2U);
  EXPECT_EQ(got.passive.rules[0].address, "");
  EXPECT_EQ(got.passive.rules[1].address, "192.0.2.2");
}

TEST_F(ConfigReader, ReadsTimesAsNumbersAndAsText) {
  const Config got = config(
      "[timeouts]\nidle = \"15m\"\nlogin = 2.5\ndata_open = \"500ms\"\nstalled = \"2h\"\n"
      "[limits]\nlogin_delay = 0\n");
  EXPECT_EQ(got.timeouts.idle, minutes(15));
  EXPECT_EQ(got.timeouts.login, Milliseconds(2500));
  EXPECT_EQ(got.timeouts.data_open, Milliseconds(500));
  EXPECT_EQ(got.timeouts.stalled, hours(2));
  EXPECT_EQ(got.limits.login_delay, Milliseconds(0));
}

TEST_F(ConfigReader, ReadsLimitsAndLog) {
  const Config got = config(
      "[limits]\nsessions = 7\nper_address = 0\nlogin_failures = 5\n"
      "[log]\nlevel = \"off\"\nformat = \"json\"\ntarget = \"file:/var/log/uvftpd.log\"\nxferlog = \"/x\"\n");
  EXPECT_EQ(got.limits.sessions, 7U);
  EXPECT_EQ(got.limits.per_address, 0U);
  EXPECT_EQ(got.limits.login_failures, 5U);
  EXPECT_EQ(got.log.level, "off");
  EXPECT_EQ(got.log.format, LogFormat::json);
  EXPECT_EQ(got.log.target, "file:/var/log/uvftpd.log");
  EXPECT_EQ(got.log.xferlog, "/x");
}

TEST_F(ConfigReader, ReadsAnonymousAndNormalisesTheUploadDirectory) {
  directory("pub/in/deep");
  const Config got =
      config("[anonymous]\nenabled = true\nroot = \"" + path("pub") +
             "\"\nwrite = \"dropbox\"\nupload_directory = \"in/../in//deep/\"\nrequire_email = true\n");
  EXPECT_TRUE(got.anonymous.enabled);
  EXPECT_EQ(got.anonymous.root, path("pub"));
  EXPECT_EQ(got.anonymous.write, AnonymousWrite::dropbox);
  EXPECT_EQ(got.anonymous.upload_directory, "/in/deep");
  EXPECT_TRUE(got.anonymous.require_email);
}

TEST_F(ConfigReader, TheRootAsUploadDirectoryIsNoneSaid) {
  EXPECT_EQ(config("[anonymous]\nupload_directory = \"/\"\n").anonymous.upload_directory, "");
}

TEST_F(ConfigReader, AnonymousRootNeedNotExistWhileItIsOff) {
  EXPECT_EQ(config("[anonymous]\nroot = \"/no/such\"\nwrite = \"full\"\n").anonymous.root, "/no/such");
}

TEST_F(ConfigReader, ReadsUsersWithTheirPermissions) {
  const std::string root = "\nroot = \"" + directory("home") + "\"\n";
  const Config got =
      config("[[user]]\nname = \"alice\"\npassword = \"!\"" + root +
             "permissions = [\"list\", \"delete\", \"list\"]\n" +
             "[[user]]\nname = \"bob\"\npassword = \"$1$1A5QvMkj$1LDWhHgVabtKIn3up2USt1\"" + root +
             "permissions = \"write\"\n[[user]]\nname = \"carol\"\npassword = \"*\"" + root +
             "permissions = \"read\"\n" + "[[user]]\nname = \"dave\"\npassword = \"*\"" + root +
             "[[user]]\nname = \"eve\"\npassword = \"*\"" + root + "permissions = []\n");
  ASSERT_EQ(got.users.size(), 5U);
  EXPECT_EQ(got.users[0].name, "alice");
  EXPECT_EQ(got.users[0].root, path("home"));
  EXPECT_EQ(got.users[0].permissions, (Permissions{Permission::list, Permission::remove}));
  EXPECT_EQ(got.users[1].password_hash, "$1$1A5QvMkj$1LDWhHgVabtKIn3up2USt1");
  EXPECT_EQ(got.users[1].permissions, Permissions::all());
  EXPECT_EQ(got.users[2].permissions, Permissions::reading());
  EXPECT_EQ(got.users[3].permissions, Permissions::reading()) << "what is not said is the least useful";
  EXPECT_EQ(got.users[4].permissions, Permissions{});
}

TEST_F(ConfigReader, InlineFormsAreTheSameAsSections) {
  const Config got = config("active = { enabled = false }\ntimeouts.idle = 5\n");
  EXPECT_FALSE(got.active.enabled);
  EXPECT_EQ(got.timeouts.idle, seconds(5));
}

TEST_F(ConfigReader, ALaterFileOverlaysKeyByKey) {
  const std::vector<std::string> files = {
      file("a.toml",
           "[server]\nbanner = \"a\"\nlisten = [\"127.0.0.1:1\"]\n[timeouts]\nidle = 1\nlogin = 1\n"),
      file("b.toml", "[server]\nlisten = [\"127.0.0.1:2\"]\n[timeouts]\nlogin = 2\n")};
  const ReadConfig got = read_config(files);
  EXPECT_EQ(mistakes_of(got), "");
  EXPECT_EQ(got.config.server.banner, "a");
  ASSERT_EQ(got.config.server.listen.size(), 1U);
  EXPECT_EQ(got.config.server.listen[0].port, 2);
  EXPECT_EQ(got.config.timeouts.idle, seconds(1));
  EXPECT_EQ(got.config.timeouts.login, seconds(2));
}

TEST_F(ConfigReader, ALaterFileReplacesUsersByNameAndAddsOthers) {
  const std::string tail = "\nroot = \"" + directory("home") + "\"\n";
  const std::vector<std::string> files = {
      file("a.toml", "[[user]]\nname = \"alice\"\npassword = \"!\"\npermissions = \"write\"" + tail +
                         "[[user]]\nname = \"bob\"\npassword = \"!\"" + tail),
      file("b.toml", "[[user]]\nname = \"alice\"\npassword = \"*\"" + tail +
                         "[[user]]\nname = \"carol\"\npassword = \"!\"" + tail)};
  const ReadConfig got = read_config(files);
  EXPECT_EQ(mistakes_of(got), "");
  ASSERT_EQ(got.config.users.size(), 3U);
  EXPECT_EQ(got.config.users[0].name, "alice");
  EXPECT_EQ(got.config.users[0].password_hash, "*");
  EXPECT_EQ(got.config.users[0].permissions, Permissions::reading()) << "replaced, not merged";
  EXPECT_EQ(got.config.users[1].name, "bob");
  EXPECT_EQ(got.config.users[2].name, "carol");
}

TEST_F(ConfigReader, ALaterFileAddsItsRulesBehind) {
  const std::vector<std::string> files = {
      file("a.toml", "[[passive.rule]]\nclients = [\"10.0.0.0/8\"]\naddress = \"192.0.2.1\"\n"),
      file("b.toml", "[[passive.rule]]\nclients = [\"::/0\"]\naddress = \"192.0.2.2\"\n")};
  const ReadConfig got = read_config(files);
  EXPECT_EQ(mistakes_of(got), "");
  ASSERT_EQ(got.config.passive.rules.size(), 2U);
  EXPECT_EQ(got.config.passive.rules[0].address, "192.0.2.1");
  EXPECT_EQ(got.config.passive.rules[1].address, "192.0.2.2");
}

TEST_F(ConfigReader, AUserOfAnEarlierFileIsCheckedOnlyAsReplaced) {
  const std::string name = "[[user]]\nname = \"alice\"\npassword = \"!\"\nroot = ";
  const std::vector<std::string> files = {file("a.toml", name + "\"/no/such\"\n"),
                                          file("b.toml", name + "\"" + directory("home") + "\"\n")};
  EXPECT_EQ(mistakes_of(read_config(files)), "");
}

}  // namespace
}  // namespace uvftpd
