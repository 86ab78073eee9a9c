// Files that are wrong: every mistake, at its place, in words that say what to do.
#include <gtest/gtest.h>

#include <filesystem>

#include "server/config_reader.h"
#include "tests/server/config_files.h"

namespace uvftpd {
namespace {

class ConfigMistakes : public ConfigFiles {
 protected:
  // Of a user with these lines and an existing root.
  std::string user_mistakes(const std::string& lines) const {
    return mistakes("[[user]]\nroot = \"" + directory("home") + "\"\n" + lines);
  }
  std::string anonymous_mistakes(const std::string& lines) const {
    return mistakes("[anonymous]\nenabled = true\n" + lines);
  }
};

TEST_F(ConfigMistakes, AreAllToldAtOnceInTheOrderOfTheirPlaces) {
  EXPECT_EQ(
      mistakes("[timeouts]\n"
               "login = \"soon\"\n"
               "idle = -1\n"
               "[server]\n"
               "lisen = 3\n"
               "banner = 7\n"),
      "uvftpd.toml:2:9: timeouts.login must be a time such as 30, 1.5, \"500ms\", \"15m\" or \"2h\", from 1 "
      "ms to 604800 s, not \"soon\"\n"
      "uvftpd.toml:3:8: timeouts.idle must be a time such as 30, 1.5, \"500ms\", \"15m\" or \"2h\", from 1 "
      "ms to 604800 s, not -1\n"
      "uvftpd.toml:5:1: unknown key \"server.lisen\"; did you mean server.listen?\n"
      "uvftpd.toml:6:10: server.banner must be a string, not 7\n");
}

TEST_F(ConfigMistakes, OfSeveralFilesAreToldFileByFile) {
  const std::vector<std::string> files = {file("z.toml", "[server]\nbanner = 1\n"), path("missing.toml"),
                                          file("a.toml", "[server]\nbanner = 2\n")};
  EXPECT_EQ(mistakes_of(read_config(files)),
            "z.toml:2:10: server.banner must be a string, not 1\n"
            "missing.toml:1:1: cannot be read: No such file or directory\n"
            "a.toml:2:10: server.banner must be a string, not 2\n");
}

TEST_F(ConfigMistakes, OverriddenByALaterFileAreToldAllTheSame) {
  const std::vector<std::string> files = {file("a.toml", "[timeouts]\nidle = 0\n"),
                                          file("b.toml", "[timeouts]\nidle = 5\n")};
  EXPECT_EQ(read_config(files).mistakes.size(), 1U);
}

TEST_F(ConfigMistakes, FileThatCannotBeRead) {
  const std::vector<std::string> files = {directory("d")};
  EXPECT_EQ(mistakes_of(read_config(files)), "d:1:1: cannot be read: Is a directory\n");
}

TEST_F(ConfigMistakes, SyntaxHasItsPlaceToo) {
  const std::string told = mistakes("[server]\nbanner = \"open\nx = 1\n");
  EXPECT_TRUE(told.starts_with("uvftpd.toml:2:15: ")) << told;
  EXPECT_EQ(mistakes("[server]\nbanner = \"a\"\nbanner = \"b\"\n").substr(0, 14), "uvftpd.toml:3:");
  EXPECT_NE(mistakes("a = \"\xff\"\n"), "");
}

TEST_F(ConfigMistakes, UnknownKeysGetTheNearestKnownOne) {
  EXPECT_EQ(mistakes("[server]\nidle = 3\n"),
            "uvftpd.toml:2:1: unknown key \"server.idle\"; did you mean timeouts.idle?\n");
  EXPECT_EQ(mistakes("sessions = 3\n"),
            "uvftpd.toml:1:1: unknown key \"sessions\"; did you mean limits.sessions?\n");
  EXPECT_EQ(mistakes("[server]\nmotto = \"\"\n"),
            "uvftpd.toml:2:1: unknown key \"server.motto\"; [server] has listen, banner, user and "
            "control_socket\n");
  EXPECT_EQ(mistakes("colour = 3\n"),
            "uvftpd.toml:1:1: unknown key \"colour\"; every key stands in a section\n");
  EXPECT_EQ(mistakes("[[passive.rule]]\nclients = [\"::1\"]\nadress = \"\"\n"),
            "uvftpd.toml:3:1: unknown key \"passive.rule.adress\"; did you mean passive.rule.address?\n");
  EXPECT_EQ(user_mistakes("name = \"a\"\npassword = \"!\"\npermission = \"read\"\n"),
            "uvftpd.toml:5:1: unknown key \"user.permission\"; did you mean user.permissions?\n");
}

TEST_F(ConfigMistakes, UnknownSectionsGetTheNearestKnownOne) {
  EXPECT_EQ(mistakes("[timeout]\nidle = 3\n"),
            "uvftpd.toml:1:2: unknown section \"timeout\"; did you mean [timeouts]?\n");
  const std::string told = mistakes("[colours]\n");
  EXPECT_TRUE(
      told.ends_with("; the sections are server, active, passive, passive.rule, timeouts, limits, "
                     "anonymous, user, tls, sandbox, uploads and log\n"))
      << told;
}

TEST_F(ConfigMistakes, SectionsHaveTheirShape) {
  EXPECT_EQ(mistakes("server = 3\n"), "uvftpd.toml:1:1: server must be a section: [server]\n");
  EXPECT_EQ(mistakes("[[log]]\n"), "uvftpd.toml:1:3: log must be a section: [log]\n");
  EXPECT_EQ(mistakes("[user]\nname = \"a\"\n"),
            "uvftpd.toml:1:2: user must be written as [[user]], a block each\n");
  EXPECT_EQ(mistakes("user = [3]\n"), "uvftpd.toml:1:9: user must be written as [[user]], a block each\n");
  EXPECT_EQ(mistakes("[passive.rule]\n"),
            "uvftpd.toml:1:10: passive.rule must be written as [[passive.rule]], a block each\n");
}

TEST_F(ConfigMistakes, ValuesOfAnotherKind) {
  EXPECT_EQ(mistakes("[active]\nenabled = \"yes\"\n"),
            "uvftpd.toml:2:11: active.enabled must be true or false, not \"yes\"\n");
  EXPECT_EQ(mistakes("[limits]\nsessions = 1.5\n"),
            "uvftpd.toml:2:12: limits.sessions must be a whole number from 1 to 1000000, not a number\n");
  EXPECT_EQ(mistakes("[server]\nlisten = \"0.0.0.0:21\"\n"),
            "uvftpd.toml:2:10: server.listen must be a list: [ ... ], not \"0.0.0.0:21\"\n");
  EXPECT_EQ(mistakes("[log]\nxferlog = 1979-05-27\n"),
            "uvftpd.toml:2:11: log.xferlog must be a string, not a date or time\n");
  EXPECT_EQ(mistakes("[server]\nbanner = { a = 1 }\n"),
            "uvftpd.toml:2:10: server.banner must be a string, not a table\n");
}

TEST_F(ConfigMistakes, NumbersOutOfRange) {
  for (const std::string line :
       {"limits.sessions = 0", "limits.sessions = 1000001", "limits.per_address = -1",
        "limits.login_failures = 0", "active.source_port = 65536", "active.source_port = -1",
        "limits.sessions = 9223372036854775807"}) {
    EXPECT_NE(mistakes(line + "\n").find("must be a whole number from"), std::string::npos) << line;
  }
  for (const std::string line : {"timeouts.idle = 0", "timeouts.idle = 604801", "timeouts.idle = nan",
                                 "timeouts.idle = inf", "timeouts.idle = \"8d\"", "limits.login_delay = 61",
                                 "timeouts.idle = true", "timeouts.idle = 9223372036854775807"}) {
    EXPECT_NE(mistakes(line + "\n").find("must be a time such as"), std::string::npos) << line;
  }
}

TEST_F(ConfigMistakes, AddressesAndPorts) {
  EXPECT_EQ(mistakes("[server]\nlisten = [\"0.0.0.0:21\", \"::1:21\", 21]\n"),
            "uvftpd.toml:2:25: server.listen must be addresses with a port such as \"0.0.0.0:21\" or "
            "\"[::]:21\", not \"::1:21\"\n"
            "uvftpd.toml:2:35: server.listen must be a string, not 21\n");
  EXPECT_EQ(mistakes("server.listen = []\n"),
            "uvftpd.toml:1:17: server.listen must name at least one address\n");
  EXPECT_EQ(
      mistakes("server.listen = [\"127.0.0.1:0\", \"127.0.0.1:0\", \"127.0.0.1:1\", \"127.0.0.1:1\"]\n"),
      "uvftpd.toml:1:63: server.listen must name each address once, not \"127.0.0.1:1\"\n");
  EXPECT_EQ(
      mistakes("passive.ports = \"21-30\"\n"),
      "uvftpd.toml:1:17: passive.ports must be ports in order such as \"49152-65535\", none below 1024, not "
      "\"21-30\"\n");
  EXPECT_EQ(
      mistakes("passive.address = \"::1\"\n"),
      "uvftpd.toml:1:19: passive.address must be an IPv4 address or the name of a host (PASV can tell no "
      "other), not \"::1\"\n");
  EXPECT_EQ(
      mistakes("[[passive.rule]]\nclients = [\"10.0.0.0/33\"]\n"),
      "uvftpd.toml:2:12: passive.rule.clients must be networks such as \"10.0.0.0/8\" or \"2001:db8::/32\", "
      "not \"10.0.0.0/33\"\n");
}

TEST_F(ConfigMistakes, ARuleNeedsClients) {
  EXPECT_EQ(mistakes("[[passive.rule]]\naddress = \"192.0.2.1\"\n"),
            "uvftpd.toml:1:1: passive.rule.clients is missing\n");
  EXPECT_EQ(mistakes("[[passive.rule]]\nclients = []\n"),
            "uvftpd.toml:2:11: passive.rule.clients must name at least one network\n");
}

TEST_F(ConfigMistakes, WordsOutsideTheirList) {
  EXPECT_EQ(mistakes("log.format = \"xml\"\n"),
            "uvftpd.toml:1:14: log.format must be \"text\" or \"json\", not \"xml\"\n");
  EXPECT_EQ(
      mistakes("anonymous.write = true\n"),
      "uvftpd.toml:1:19: anonymous.write must be \"none\", \"dropbox\", \"upload\" or \"full\", not true or "
      "false\n");
  EXPECT_NE(mistakes("log.level = \"warning\"\n"), "");
  EXPECT_NE(mistakes("active.without_source_port = \"\"\n"), "");
}

TEST_F(ConfigMistakes, LogPathsThatAreNotAbsolute) {
  for (const std::string line :
       {"log.target = \"file:log\"", "log.target = \"file:\"", "log.target = \"file:/\"",
        "log.target = \"/var/log/x\"", "log.xferlog = \"x\""})
    EXPECT_NE(mistakes(line + "\n"), "") << line;
}

TEST_F(ConfigMistakes, TextsWithControlCharacters) {
  EXPECT_EQ(mistakes("server.banner = \"a\\r\\n230 in\"\n"),
            "uvftpd.toml:1:17: server.banner must be without control characters, not \"a??230 in\"\n");
  EXPECT_NE(mistakes("anonymous.root = \"/srv\\u0000/x\"\n"), "");
  EXPECT_NE(mistakes("server.banner = \"" + std::string(501, 'x') + "\"\n"), "");
}

TEST_F(ConfigMistakes, NeitherActiveNorPassive) {
  EXPECT_EQ(
      mistakes("[active]\nenabled = false\n[passive]\nenabled = false\n"),
      "uvftpd.toml:4:1: active.enabled and passive.enabled must not both be false: no data connection could "
      "come about\n");
}

TEST_F(ConfigMistakes, AnonymousRootThatIsNoDirectory) {
  file("plain", "");
  EXPECT_EQ(anonymous_mistakes("root = \"" + path("none") + "\"\n"),
            "uvftpd.toml:3:1: anonymous.root must be a directory that can be read, and \"none\" is not: No "
            "such file "
            "or directory\n");
  EXPECT_EQ(
      anonymous_mistakes("root = \"" + path("plain") + "\"\n"),
      "uvftpd.toml:3:1: anonymous.root must be a directory that can be read, and \"plain\" is not: Not a "
      "directory\n");
  EXPECT_EQ(anonymous_mistakes("root = \"srv\"\n"),
            "uvftpd.toml:3:8: anonymous.root must be an absolute path, not \"srv\"\n");
}

TEST_F(ConfigMistakes, ARefusedRootIsNotReplacedByTheDefaultOne) {
  EXPECT_EQ(read("anonymous.root = \"srv\"\n").config.anonymous.root, "");
}

TEST_F(ConfigMistakes, UploadDirectoryThatIsNoneBelowTheRoot) {
  const std::string root = "root = \"" + directory("pub") + "\"\n";
  std::filesystem::create_directory_symlink(directory("elsewhere"), path("pub/link"));
  EXPECT_EQ(
      anonymous_mistakes(root + "write = \"upload\"\nupload_directory = \"in/deep\"\n"),
      "uvftpd.toml:5:1: anonymous.upload_directory must be a directory below the root, and \"pub/in\" is "
      "none: No such file or directory\n");
  EXPECT_EQ(
      anonymous_mistakes(root + "write = \"upload\"\nupload_directory = \"/link\"\n"),
      "uvftpd.toml:5:1: anonymous.upload_directory must be a directory below the root, and \"pub/link\" is "
      "none\n");
  EXPECT_EQ(anonymous_mistakes(root + "write = \"none\"\nupload_directory = \"/link\"\n"), "");
}

TEST_F(ConfigMistakes, UsersWithoutWhatTheyNeed) {
  EXPECT_EQ(mistakes("[[user]]\n"),
            "uvftpd.toml:1:1: user.name is missing\n"
            "uvftpd.toml:1:1: user.password is missing\n"
            "uvftpd.toml:1:1: user.root is missing\n");
  EXPECT_EQ(
      mistakes("[[user]]\nname = \"a\"\npassword = \"!\"\nroot = \"/no/such\"\n"),
      "uvftpd.toml:4:1: user.root must be a directory that can be read, and \"/no/such\" is not: No such "
      "file or directory\n");
}

TEST_F(ConfigMistakes, OfAReplacedUserAreToldWhereItIsReplaced) {
  const std::string user = "[[user]]\nname = \"alice\"\npassword = \"!\"\n";
  const std::vector<std::string> files = {file("a.toml", user + "root = \"" + directory("home") + "\"\n"),
                                          file("b.toml", user)};
  EXPECT_EQ(mistakes_of(read_config(files)), "b.toml:1:1: user.root is missing\n");
}

TEST_F(ConfigMistakes, PasswordsInClearTextAreNotShown) {
  for (const std::string password : {"\"hunter2\"", "\"\"", "1234567", "\"$6$abc\""}) {
    EXPECT_EQ(
        user_mistakes("name = \"a\"\npassword = " + password + "\n"),
        "uvftpd.toml:4:12: user.password must be a crypt(3) hash as `uvftpd hash-password` prints it, never "
        "clear text; \"!\" locks the user\n")
        << password;
  }
}

TEST_F(ConfigMistakes, NamesThatNobodyCanHave) {
  EXPECT_EQ(
      user_mistakes("name = \"FTP\"\npassword = \"!\"\n"),
      "uvftpd.toml:3:8: user.name must not be \"anonymous\" or \"ftp\": these two are the anonymous login\n");
  EXPECT_EQ(user_mistakes("name = \"\"\npassword = \"!\"\n"),
            "uvftpd.toml:3:8: user.name must not be empty\n");
}

TEST_F(ConfigMistakes, TwoUsersOfOneNameInOneFile) {
  const std::string user =
      "[[user]]\nname = \"alice\"\npassword = \"!\"\nroot = \"" + directory("home") + "\"\n";
  EXPECT_EQ(mistakes(user + user), "uvftpd.toml:6:1: there is another user \"alice\" in this file\n");
}

TEST_F(ConfigMistakes, UnknownPermissions) {
  const std::string user = "name = \"a\"\npassword = \"!\"\npermissions = ";
  EXPECT_EQ(
      user_mistakes(user + "[\"list\", \"fly\"]\n"),
      "uvftpd.toml:5:24: user.permissions must be of list, download, upload, append, overwrite, rename, "
      "delete, mkdir, rmdir, chmod, mtime, not \"fly\"\n");
  EXPECT_EQ(user_mistakes(user + "\"all\"\n"),
            "uvftpd.toml:5:15: user.permissions must be \"read\", \"write\" or a list of permissions, not "
            "\"all\"\n");
}

}  // namespace
}  // namespace uvftpd
