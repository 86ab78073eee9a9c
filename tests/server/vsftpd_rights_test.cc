// Whatever the flags are, no word gives anonymous clients more than vsftpd did.
#include "server/vsftpd_rights.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace uvftpd {
namespace {

using enum Permission;

constexpr const char* kWrite = "write_enable=YES\n";
constexpr const char* kUpload = "anon_upload_enable=YES\n";
constexpr const char* kMkdir = "anon_mkdir_write_enable=YES\n";
constexpr const char* kOther = "anon_other_write_enable=YES\n";
constexpr const char* kOpenMask = "anon_umask=022\n";

VsftpdConfig config_of(const std::string& text) { return read_vsftpd_config(text, "f").config; }

std::optional<AnonymousWrite> write_of(const std::string& text) {
  return vsftpd_anonymous_write(config_of(text));
}

TEST(VsftpdRights, WithoutWriteEnableAnonymousOnlyReads) {
  EXPECT_EQ(write_of(""), AnonymousWrite::none);
  EXPECT_EQ(write_of(std::string(kUpload) + kMkdir + kOther + kOpenMask), AnonymousWrite::none);
  EXPECT_EQ(write_of(kWrite), AnonymousWrite::none);
}

TEST(VsftpdRights, UploadsThatCannotBeFetchedAreADropbox) {
  EXPECT_EQ(write_of(std::string(kWrite) + kUpload), AnonymousWrite::dropbox);
  EXPECT_EQ(write_of(std::string(kWrite) + kUpload + kMkdir + kOther), AnonymousWrite::dropbox);
  EXPECT_EQ(write_of(std::string(kWrite) + kUpload + kMkdir + kOpenMask + "chown_uploads=YES\n"),
            AnonymousWrite::dropbox);
}

TEST(VsftpdRights, EveryWordHasItsFlags) {
  const std::string open = std::string(kWrite) + kOpenMask;
  EXPECT_EQ(write_of(open + kUpload + kMkdir), AnonymousWrite::upload);
  EXPECT_EQ(write_of(open + kUpload + kMkdir + kOther), AnonymousWrite::full);
  EXPECT_EQ(write_of(open + kUpload + kOther), AnonymousWrite::dropbox);
  EXPECT_EQ(write_of(open + kMkdir + kOther), AnonymousWrite::none);
  EXPECT_EQ(write_of(std::string(kWrite) + kUpload + kMkdir + "anon_world_readable_only=NO\n"),
            AnonymousWrite::upload);
}

TEST(VsftpdRights, WhereReadingIsForbiddenThereMayBeNoWord) {
  EXPECT_EQ(write_of("download_enable=NO\n"), std::nullopt);
  EXPECT_EQ(write_of("dirlist_enable=NO\n"), std::nullopt);
  EXPECT_EQ(write_of("cmds_denied=LIST\n"), std::nullopt);
  EXPECT_EQ(write_of(std::string(kWrite) + kUpload + "download_enable=NO\n"), AnonymousWrite::dropbox);
  EXPECT_EQ(write_of(std::string(kWrite) + kUpload + "dirlist_enable=NO\n"), std::nullopt);
}

TEST(VsftpdRights, NoCombinationGivesMore) {
  const std::vector<std::string> flags = {kWrite,
                                          kUpload,
                                          kMkdir,
                                          kOther,
                                          kOpenMask,
                                          "download_enable=NO\n",
                                          "dirlist_enable=NO\n",
                                          "cmds_denied=DELE,STOR\n",
                                          "cmds_allowed=LIST,NLST,RETR,STOR\n"};
  for (unsigned combination = 0; combination < 1U << flags.size(); ++combination) {
    std::string text;
    for (std::size_t i = 0; i < flags.size(); ++i)
      if ((combination >> i & 1U) != 0) text += flags[i];
    const auto write = write_of(text);
    if (!write) continue;
    Config::Anonymous anonymous;
    anonymous.write = *write;
    const Permissions given = anonymous_rights(anonymous).elsewhere;
    const Permissions permitted = vsftpd_anonymous_permissions(config_of(text));
    for (const Permission one : {list, download, upload, append, overwrite, rename, remove, mkdir, rmdir})
      EXPECT_TRUE(permitted.has(one) || !given.has(one)) << to_string(one) << " with\n" << text;
  }
}

TEST(VsftpdRights, UsersMayWhatTheFlagsSay) {
  const auto of = [](const std::string& text) { return vsftpd_user_permissions(config_of(text)); };
  EXPECT_EQ(of(""), Permissions::reading());
  EXPECT_EQ(of(kWrite), Permissions::all());
  EXPECT_FALSE(of(std::string(kWrite) + "chmod_enable=NO\n").has(chmod));
  EXPECT_FALSE(of(std::string(kWrite) + "mdtm_write=NO\n").has(mtime));
  EXPECT_FALSE(of(std::string(kWrite) + "cmds_denied=dele,SITE\n").has(remove));
  EXPECT_FALSE(of(std::string(kWrite) + "cmds_denied=dele,SITE\n").has(chmod));
  EXPECT_TRUE(of(std::string(kWrite) + "cmds_denied=dele,SITE\n").has(rename));
  EXPECT_EQ(of(std::string(kWrite) + "cmds_allowed=USER,PASS,LIST,NLST,RETR\n"), Permissions::reading());
}

TEST(VsftpdRights, GuestsMayWhatAnonymousMayUnlessSaidOtherwise) {
  const std::string guests = std::string(kWrite) + "guest_enable=YES\n";
  EXPECT_EQ(vsftpd_user_permissions(config_of(guests)), Permissions::reading());
  EXPECT_EQ(vsftpd_user_permissions(config_of(guests + kUpload)), (Permissions{list, download, upload}));
  EXPECT_EQ(vsftpd_user_permissions(config_of(guests + "virtual_use_local_privs=YES\n")), Permissions::all());
}

TEST(VsftpdRights, OneRateHoldsForAllWhereNobodyElseIsThere) {
  EXPECT_EQ(vsftpd_common_rate(config_of("")), "anon_max_rate");
  EXPECT_EQ(vsftpd_common_rate(config_of("anonymous_enable=NO\nlocal_enable=YES\n")), "local_max_rate");
  EXPECT_EQ(vsftpd_common_rate(config_of("local_enable=YES\nanon_max_rate=5\n")), "");
  EXPECT_EQ(vsftpd_common_rate(config_of("local_enable=YES\nanon_max_rate=5\nlocal_max_rate=5\n")),
            "local_max_rate");
}

}  // namespace
}  // namespace uvftpd
