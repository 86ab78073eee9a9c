// What the configuration's values mean: networks, and rights made of anonymous.write and user.permissions.
#include <gtest/gtest.h>

#include "server/config.h"
#include "server/config_text.h"

namespace uvftpd {
namespace {

bool is_in(const char* network, const char* address) {
  return parse_network(network).value().contains(parse_address(address).value());
}

TEST(ConfigNetwork, HoldsTheAddressesOfItsPrefix) {
  EXPECT_TRUE(is_in("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(is_in("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(is_in("192.168.4.0/22", "192.168.7.255"));
  EXPECT_FALSE(is_in("192.168.4.0/22", "192.168.8.0"));
  EXPECT_TRUE(is_in("192.0.2.7", "192.0.2.7"));
  EXPECT_FALSE(is_in("192.0.2.7", "192.0.2.6"));
  EXPECT_TRUE(is_in("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(is_in("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_TRUE(is_in("::1", "::1"));
}

TEST(ConfigNetwork, OfNoLengthHoldsItsFamilyOnly) {
  EXPECT_TRUE(is_in("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(is_in("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(is_in("::/0", "2001:db8::1"));
  EXPECT_FALSE(is_in("::/0", "203.0.113.9"));
}

TEST(ConfigNetwork, MappedAddressesAreIpv4) { EXPECT_TRUE(is_in("10.0.0.0/8", "::ffff:10.1.2.3")); }

Rights rights(AnonymousWrite write, const char* upload_directory) {
  Config::Anonymous anonymous;
  anonymous.write = write;
  anonymous.upload_directory = upload_directory;
  return anonymous_rights(anonymous);
}

TEST(ConfigRights, AnonymousReadsEverywhereAndWritesNowhereByDefault) {
  const Rights got = rights(AnonymousWrite::none, "");
  EXPECT_EQ(got.key, "anonymous.write");
  EXPECT_EQ(got.at("/"), Permissions::reading());
  EXPECT_EQ(got.at("/a/b"), Permissions::reading());
}

TEST(ConfigRights, NoneLeavesTheUploadDirectoryReadable) {
  EXPECT_EQ(rights(AnonymousWrite::none, "/in").at("/in/a"), Permissions::reading());
}

TEST(ConfigRights, DropboxTakesFilesAndShowsNoneOfThem) {
  const Rights got = rights(AnonymousWrite::dropbox, "/in");
  EXPECT_EQ(got.at("/in/a"), (Permissions{Permission::list, Permission::upload}));
  EXPECT_EQ(got.at("/in"), (Permissions{Permission::list, Permission::upload}));
  EXPECT_EQ(got.at("/inner"), Permissions::reading());
  EXPECT_EQ(got.at("/"), Permissions::reading());
}

TEST(ConfigRights, UploadAddsNewFilesAndDirectories) {
  const Rights got = rights(AnonymousWrite::upload, "/in");
  EXPECT_EQ(got.at("/in/a"),
            (Permissions{Permission::list, Permission::download, Permission::upload, Permission::mkdir}));
  EXPECT_EQ(got.at("/a"), Permissions::reading());
}

TEST(ConfigRights, FullIsEverythingInTheArea) {
  const Rights got = rights(AnonymousWrite::full, "/in");
  EXPECT_EQ(got.at("/in/a"), Permissions::all());
  EXPECT_EQ(got.at("/a"), Permissions::reading());
}

TEST(ConfigRights, WithoutAnUploadDirectoryTheAreaIsTheWholeRoot) {
  EXPECT_EQ(rights(AnonymousWrite::full, "").at("/any"), Permissions::all());
  EXPECT_FALSE(rights(AnonymousWrite::dropbox, "").allows(Permission::download, "/any"));
  EXPECT_TRUE(rights(AnonymousWrite::upload, "").allows(Permission::mkdir, "/any"));
}

TEST(ConfigRights, AUserHasTheSameEverywhere) {
  const Rights got = user_rights({"alice", "!", "/srv", {Permission::list, Permission::upload}});
  EXPECT_EQ(got.key, "user.permissions");
  EXPECT_EQ(got.at("/any"), (Permissions{Permission::list, Permission::upload}));
}

}  // namespace
}  // namespace uvftpd
