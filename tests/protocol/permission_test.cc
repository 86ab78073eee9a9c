// Permissions: their names, sets of them, and where below the root which set holds.
#include "protocol/permission.h"

#include <gtest/gtest.h>

namespace uvftpd {
namespace {

using enum Permission;

constexpr Permission kEvery[] = {list,   download, upload, append, overwrite, rename,
                                 remove, mkdir,    rmdir,  chmod,  mtime};

TEST(Permission, HasANameInTheConfigurationAndBack) {
  for (const Permission one : kEvery) EXPECT_EQ(parse_permission(to_string(one)), one);
  EXPECT_EQ(to_string(remove), "delete");
  EXPECT_EQ(to_string(overwrite), "overwrite");
}

TEST(Permission, OfAnotherNameIsNone) {
  for (const auto* name : {"", "none", "all", "remove", "List", "list ", "write"})
    EXPECT_EQ(parse_permission(name), std::nullopt) << name;
}

TEST(Permissions, HaveWhatWasAddedAndNothingElse) {
  for (const Permission one : kEvery)
    for (const Permission other : kEvery) EXPECT_EQ(Permissions{one}.has(other), one == other);
}

TEST(Permissions, AlwaysHaveWhatNeedsNone) { EXPECT_TRUE(Permissions().has(none)); }

TEST(Permissions, OfReadingAreToListAndToDownload) {
  EXPECT_EQ(Permissions::reading(), (Permissions{list, download}));
  EXPECT_FALSE(Permissions::reading().has(upload));
}

TEST(Permissions, OfAllAreEveryOne) {
  Permissions every;
  for (const Permission one : kEvery) every.add(one);
  EXPECT_EQ(Permissions::all(), every);
}

TEST(Rights, HoldEverywhereWithoutAnUploadDirectory) {
  const Rights rights{{download}, {upload}, "", "users"};
  for (const auto* path : {"/", "/a", "/incoming/a"}) {
    EXPECT_TRUE(rights.allows(download, path));
    EXPECT_FALSE(rights.allows(upload, path));
  }
}

TEST(Rights, HoldWithinTheUploadDirectoryAndElsewhere) {
  const Rights rights{{download}, {upload}, "/incoming", "anonymous"};
  for (const auto* path : {"/incoming", "/incoming/a", "/incoming/a/b"}) {
    EXPECT_TRUE(rights.allows(upload, path)) << path;
    EXPECT_FALSE(rights.allows(download, path)) << path;
  }
  for (const auto* path : {"/", "/incoming2", "/pub/incoming", "/in"}) {
    EXPECT_TRUE(rights.allows(download, path)) << path;
    EXPECT_FALSE(rights.allows(upload, path)) << path;
  }
}

TEST(Rights, OfAnUploadDirectoryAtTheRootHoldEverywhere) {
  const Rights rights{{download}, {upload}, "/", "anonymous"};
  EXPECT_TRUE(rights.allows(upload, "/a"));
  EXPECT_FALSE(rights.allows(download, "/a"));
}

}  // namespace
}  // namespace uvftpd
