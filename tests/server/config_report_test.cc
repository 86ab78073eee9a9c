// The sentences of `uvftpd check`.
#include "server/config_report.h"

#include <gtest/gtest.h>

#include <string>

#include "server/config_reader.h"
#include "server/config_text.h"

namespace uvftpd {
namespace {

Config default_config() { return read_config({}).config; }

Config anonymous_config(AnonymousWrite write, const char* upload_directory) {
  Config config = default_config();
  config.anonymous.enabled = true;
  config.anonymous.write = write;
  config.anonymous.upload_directory = upload_directory;
  return config;
}

bool says(const Config& config, const std::string& sentence) {
  const std::string text = '\n' + describe(config);
  return text.find('\n' + sentence + '\n') != std::string::npos;
}

std::string warnings_of(const Config& config) {
  const std::string text = describe(config);
  const std::size_t first = text.find("Warning: ");
  return first == std::string::npos ? "" : text.substr(first);
}

TEST(ConfigReport, SaysWhereItListensAndWhatTheDataConnectionsAre) {
  EXPECT_EQ(
      describe(default_config()),
      "The server listens on 0.0.0.0:21 and [::]:21.\n"
      "Active data connections (PORT, EPRT) come from port 20, or from any where that one cannot be had.\n"
      "Passive data connections (PASV, EPSV) go to ports 49152 to 65535, and PASV tells the address that the "
      "client reached.\n"
      "There is no TLS: passwords and files travel in the clear.\n"
      "There is no anonymous access.\n"
      "Warning: nobody can log in: anonymous access is off and there is no user who is not locked.\n");
}

TEST(ConfigReport, SaysWhatIsOffByNotSayingIt) {
  Config config = default_config();
  config.active.enabled = false;
  EXPECT_EQ(describe(config).find("Active"), std::string::npos);
  config.active.enabled = true;
  config.passive.enabled = false;
  EXPECT_EQ(describe(config).find("Passive"), std::string::npos);
}

TEST(ConfigReport, SaysWhichPortActiveConnectionsComeFrom) {
  Config config = default_config();
  config.active.source_port = 0;
  EXPECT_TRUE(says(config, "Active data connections (PORT, EPRT) come from any port."));
  config.active.source_port = 20;
  config.active.without_source_port = WithoutSourcePort::refuse;
  EXPECT_TRUE(says(config, "Active data connections (PORT, EPRT) come from port 20 and no other."));
}

TEST(ConfigReport, SaysWhatPasvTells) {
  Config config = default_config();
  config.passive.address = "ftp.example.org";
  EXPECT_TRUE(says(config,
                   "Passive data connections (PASV, EPSV) go to ports 49152 to 65535. What PASV tells:\n"
                   "  clients from anywhere are told ftp.example.org."));
  config.passive.rules = {{{*parse_network("10.0.0.0/8"), *parse_network("2001:db8::/32")}, ""},
                          {{*parse_network("192.0.2.7")}, "192.0.2.1"},
                          {{*parse_network("172.16.0.0/12")}, "172.16.0.1"}};
  EXPECT_TRUE(says(config,
                   "  clients from 10.0.0.0/8 and 2001:db8::/32 are told the address that they reached.\n"
                   "  clients from 192.0.2.7 are told 192.0.2.1.\n"
                   "  clients from 172.16.0.0/12 are told 172.16.0.1, which only neighbours can reach.\n"
                   "  clients from anywhere else are told ftp.example.org."));
  EXPECT_EQ(warnings_of(anonymous_config(AnonymousWrite::none, "")), "");
}

TEST(ConfigReport, SaysWhatAnAnonymousClientMayDoAndWhere) {
  EXPECT_TRUE(says(anonymous_config(AnonymousWrite::none, ""),
                   "An anonymous client may list and download everywhere below \"/srv/ftp\"."));
  EXPECT_TRUE(
      says(anonymous_config(AnonymousWrite::dropbox, "/in"),
           "An anonymous client may list and download everywhere below \"/srv/ftp\", but in \"/in\" of it "
           "list and upload."));
  EXPECT_TRUE(says(anonymous_config(AnonymousWrite::full, ""),
                   "An anonymous client may do everything everywhere below \"/srv/ftp\"."));
}

TEST(ConfigReport, SaysWhatEachUserMayDo) {
  Config config = default_config();
  config.users = {{"alice", "$6$", "/srv/a", Permissions::all()},
                  {"bob", "$6$", "/srv/b", {Permission::list, Permission::remove, Permission::download}},
                  {"carol", "!", "/srv/c", Permissions::all()},
                  {"dave", "$6$", "/srv/d", {}}};
  EXPECT_TRUE(says(config, "User \"alice\" may do everything below \"/srv/a\"."));
  EXPECT_TRUE(says(config, "User \"bob\" may list, download and delete below \"/srv/b\"."));
  EXPECT_TRUE(says(config, "User \"carol\" is locked: no password lets this user in."));
  EXPECT_TRUE(says(config, "User \"dave\" may do nothing below \"/srv/d\"."));
  EXPECT_EQ(warnings_of(config), "");
}

TEST(ConfigReport, WarnsWhenNobodyCanLogIn) {
  Config config = default_config();
  config.users = {{"carol", "!", "/srv/c", Permissions::all()}};
  EXPECT_NE(warnings_of(config).find("nobody can log in"), std::string::npos);
}

TEST(ConfigReport, WarnsOfADropboxThatIsEverywhere) {
  EXPECT_NE(warnings_of(anonymous_config(AnonymousWrite::dropbox, "")).find("cannot download anything"),
            std::string::npos);
  EXPECT_EQ(warnings_of(anonymous_config(AnonymousWrite::dropbox, "/in")), "");
}

TEST(ConfigReport, WarnsOfWhatStrangersCanDoToEachOther) {
  const std::string exchange = "strangers can exchange files";
  const std::string destroy = "overwrite and delete";
  const std::string upload = warnings_of(anonymous_config(AnonymousWrite::upload, "/in"));
  EXPECT_NE(upload.find(exchange), std::string::npos);
  EXPECT_EQ(upload.find(destroy), std::string::npos);
  const std::string full = warnings_of(anonymous_config(AnonymousWrite::full, "/in"));
  EXPECT_NE(full.find(exchange), std::string::npos);
  EXPECT_NE(full.find(destroy), std::string::npos);
}

TEST(ConfigReport, WarnsOfTheWholeFileSystem) {
  Config config = anonymous_config(AnonymousWrite::none, "");
  config.anonymous.root = "/";
  EXPECT_NE(warnings_of(config).find("whole file system"), std::string::npos);
}

}  // namespace
}  // namespace uvftpd
