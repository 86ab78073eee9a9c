// The drop-in of `uvftpd check --systemd`, and that what it knows of the unit is what the unit says.
#include "server/config_systemd.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "temporary_tree.h"

namespace uvftpd {
namespace {

const std::string kNothing = "# The configuration needs nothing beyond what uvftpd.service has.\n";

Config minimal() {
  Config config;
  config.server.listen = {{*parse_address("0.0.0.0"), 21}};
  config.anonymous.enabled = true;
  return config;
}

Config with_user(const std::string& root, Permissions permissions) {
  Config config = minimal();
  config.users.push_back({"alice", "!", root, permissions});
  return config;
}

// The lines that are no comments, behind "[Service]".
std::string settings(const Config& config) {
  std::istringstream text(systemd_drop_in(config));
  std::string lines;
  for (std::string line; std::getline(text, line);)
    if (!line.starts_with('#') && line != "[Service]") lines += line + '\n';
  return lines;
}

TEST(SystemdDropIn, IsACommentWhereTheUnitIsEnough) {
  EXPECT_EQ(systemd_drop_in(minimal()), kNothing);
  EXPECT_EQ(systemd_drop_in(with_user("/srv/ftp/alice", Permissions::all())), kNothing);
  EXPECT_EQ(systemd_drop_in(with_user("/nowhere/alice", Permissions::reading())), kNothing);
}

TEST(SystemdDropIn, SaysWhereItBelongsAndWhatToDo) {
  const std::string text = systemd_drop_in(with_user("/nowhere/alice", Permissions::all()));
  EXPECT_NE(text.find("/etc/systemd/system/uvftpd.service.d/"), std::string::npos);
  EXPECT_NE(text.find("systemctl daemon-reload"), std::string::npos);
  EXPECT_NE(text.find("\n[Service]\nReadWritePaths=/nowhere/alice\n"), std::string::npos);
}

TEST(SystemdDropIn, NamesARootThatSomebodyMayWrite) {
  Config config = minimal();
  config.anonymous.root = "/nowhere/ftp/";
  EXPECT_EQ(settings(config), "");
  config.anonymous.write = AnonymousWrite::dropbox;
  EXPECT_EQ(settings(config), "ReadWritePaths=/nowhere/ftp\n");
  config.anonymous.upload_directory = "/incoming";
  EXPECT_EQ(settings(config), "ReadWritePaths=/nowhere/ftp\n");
}

TEST(SystemdDropIn, NamesEachPlaceOnce) {
  Config config = with_user("/nowhere/ftp", Permissions::all());
  config.users.push_back({"bob", "!", "/nowhere/ftp/bob", Permissions::all()});
  config.users.push_back({"carol", "!", "/nowhere/ftpd", Permissions::all()});
  config.users.push_back({"dave", "!", "/nowhere/ftp", Permissions::reading()});
  EXPECT_EQ(settings(config), "ReadWritePaths=/nowhere/ftp\nReadWritePaths=/nowhere/ftpd\n");
}

TEST(SystemdDropIn, ShowsAHomeAndNoOther) {
  EXPECT_EQ(settings(with_user("/home/nobody-there", Permissions::all())),
            "ProtectHome=tmpfs\nBindPaths=/home/nobody-there\n");
  EXPECT_EQ(settings(with_user("/home/nobody-there", Permissions::reading())),
            "ProtectHome=tmpfs\nBindReadOnlyPaths=/home/nobody-there\n");
  EXPECT_EQ(settings(with_user("/homes", Permissions::all())), "ReadWritePaths=/homes\n");
}

TEST(SystemdDropIn, ShowsAllHomesWhereThatIsTheRoot) {
  EXPECT_EQ(settings(with_user("/home", Permissions::reading())), "ProtectHome=read-only\n");
  EXPECT_EQ(settings(with_user("/home", Permissions::all())), "ProtectHome=no\nReadWritePaths=/home\n");
  Config config = with_user("/home", Permissions::reading());
  config.users.push_back({"bob", "!", "/home/bob-is-not-there", Permissions::all()});
  EXPECT_EQ(settings(config), "ProtectHome=read-only\nReadWritePaths=/home/bob-is-not-there\n");
}

TEST(SystemdDropIn, ShowsTemporaryPlaces) {
  EXPECT_EQ(settings(with_user("/tmp/not-there", Permissions::all())), "BindPaths=/tmp/not-there\n");
  EXPECT_EQ(settings(with_user("/var/tmp", Permissions::reading())), "PrivateTmp=no\n");
}

TEST(SystemdDropIn, NamesTheDirectoriesOfLogs) {
  Config config = minimal();
  config.log.target = "file:/var/log/uvftpd/uvftpd.log";
  config.log.xferlog = "/var/log/uvftpd/xferlog";
  EXPECT_EQ(systemd_drop_in(config), kNothing);
  config.log.target = "file:/nowhere/log/ftp.log";
  config.log.xferlog = "/nowhere/xfer/log";
  EXPECT_EQ(settings(config), "ReadWritePaths=/nowhere/log\nReadWritePaths=/nowhere/xfer\n");
}

TEST(SystemdDropIn, ShowsCertificatesThatAreHidden) {
  Config config = minimal();
  config.tls.certificate = "/nowhere/tls/chain.pem";
  config.tls.key = "/root/not-there/key.pem";
  EXPECT_EQ(systemd_drop_in(config), kNothing) << "TLS is off";
  config.tls.mode = TlsPolicy::allow;
  EXPECT_EQ(settings(config), "ProtectHome=tmpfs\nBindReadOnlyPaths=/root/not-there\n");
}

TEST(SystemdDropIn, FollowsSymbolicLinks) {
  const TemporaryTree tree;
  const std::filesystem::path link = tree.root() / "link";
  std::filesystem::create_symlink("/usr/share", link);
  EXPECT_EQ(settings(with_user(link, Permissions::all())), "ReadWritePaths=/usr/share\n");
}

TEST(SystemdDropIn, QuotesWhatAUnitFileWouldMisread) {
  EXPECT_EQ(settings(with_user("/nowhere/a b%c\"d\\e", Permissions::all())),
            "ReadWritePaths=\"/nowhere/a b%%c\\\"d\\\\e\"\n");
}

TEST(SystemdDropIn, LetsTheCapabilityBeGivenUp) {
  Config config = minimal();
  config.active.source_port = 0;
  EXPECT_EQ(settings(config), "SystemCallFilter=capset\n");
  config.server.listen.front().port = 2121;
  EXPECT_EQ(settings(config), "AmbientCapabilities=\nCapabilityBoundingSet=\n");
  config.active = {.enabled = false};
  EXPECT_EQ(settings(config), "AmbientCapabilities=\nCapabilityBoundingSet=\n");
}

TEST(SystemdDropIn, GivesManySessionsTheirDescriptors) {
  Config config = minimal();
  config.limits.sessions = 100'000;
  EXPECT_EQ(settings(config), "LimitNOFILE=400000\n");
}

TEST(SystemdDropIn, ReloadsByTheSocketOfTheConfiguration) {
  Config config = minimal();
  config.server.control_socket = "/run/uvftpd/other";
  EXPECT_EQ(settings(config), "ExecReload=\nExecReload=/usr/sbin/uvftpd reload --socket /run/uvftpd/other\n");
}

TEST(SystemdDropIn, KnowsTheUnit) {
  std::ifstream file(UVFTPD_SOURCE_DIR "/systemd/uvftpd.service");
  const std::string unit{std::istreambuf_iterator<char>(file), {}};
  for (const char* const setting :
       {"ProtectSystem=strict", "ReadWritePaths=-/srv/ftp", "LogsDirectory=uvftpd", "RuntimeDirectory=uvftpd",
        "ProtectHome=yes", "PrivateTmp=yes", "LimitNOFILE=65536", "AmbientCapabilities=CAP_NET_BIND_SERVICE"})
    EXPECT_NE(unit.find('\n' + std::string(setting) + '\n'), std::string::npos) << setting;
}

}  // namespace
}  // namespace uvftpd
