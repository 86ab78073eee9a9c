// Who may what, as one truth table: every policy of the configuration, every verb that needs a permission,
// inside and outside of the upload directory.
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <sstream>

#include "protocol/verb_table.h"
#include "server/config.h"

namespace uvftpd {
namespace {

Rights anonymous(AnonymousWrite write) {
  Config::Anonymous policy;
  policy.write = write;
  policy.upload_directory = "/in";
  return anonymous_rights(policy);
}

Rights user(const Permissions& permissions) { return user_rights({"alice", "!", "/srv", permissions}); }

struct Column {
  std::string_view name;
  Rights rights;
  std::string_view path;
};

const std::array<Column, 9> kColumns = {{
    {"none", anonymous(AnonymousWrite::none), "/in/a"},
    {"dropbox, inside", anonymous(AnonymousWrite::dropbox), "/in/a"},
    {"dropbox, outside", anonymous(AnonymousWrite::dropbox), "/a"},
    {"upload, inside", anonymous(AnonymousWrite::upload), "/in/a"},
    {"upload, outside", anonymous(AnonymousWrite::upload), "/a"},
    {"full, inside", anonymous(AnonymousWrite::full), "/in/a"},
    {"full, outside", anonymous(AnonymousWrite::full), "/a"},
    {"a reading user", user(Permissions::reading()), "/a"},
    {"a writing user", user(Permissions::all()), "/a"},
}};

struct Row {
  std::string_view verb;
  const char* allowed;
};

// clang-format off
constexpr Row kRows[] = {
    //                  dropbox   upload    full      user
    //           none   in   out  in   out  in   out  read write
    {"LIST",       "y   y    y    y    y    y    y    y    y"},
    {"NLST",       "y   y    y    y    y    y    y    y    y"},
    {"MLSD",       "y   y    y    y    y    y    y    y    y"},
    {"MLST",       "y   y    y    y    y    y    y    y    y"},
    {"STAT",       "y   y    y    y    y    y    y    y    y"},
    {"SIZE",       "y   y    y    y    y    y    y    y    y"},
    {"MDTM",       "y   y    y    y    y    y    y    y    y"},
    {"RETR",       "y   -    y    y    y    y    y    y    y"},
    {"HASH",       "y   -    y    y    y    y    y    y    y"},
    {"STOR",       "-   y    -    y    -    y    -    -    y"},
    {"STOU",       "-   y    -    y    -    y    -    -    y"},
    {"AVBL",       "-   y    -    y    -    y    -    -    y"},
    {"MKD",        "-   -    -    y    -    y    -    -    y"},
    {"XMKD",       "-   -    -    y    -    y    -    -    y"},
    {"APPE",       "-   -    -    -    -    y    -    -    y"},
    {"DELE",       "-   -    -    -    -    y    -    -    y"},
    {"RNFR",       "-   -    -    -    -    y    -    -    y"},
    {"RNTO",       "-   -    -    -    -    y    -    -    y"},
    {"RMD",        "-   -    -    -    -    y    -    -    y"},
    {"XRMD",       "-   -    -    -    -    y    -    -    y"},
    {"MFMT",       "-   -    -    -    -    y    -    -    y"},
    {"SITE UTIME", "-   -    -    -    -    y    -    -    y"},
    {"SITE CHMOD", "-   -    -    -    -    y    -    -    y"},
};
// clang-format on

const Verb* any_verb(std::string_view name) {
  const Verb* verb = find_verb(name);
  return verb ? verb : find_site_verb(name);
}

TEST(RightsTable, SaysWhoMayWhatWhere) {
  for (const Row& row : kRows) {
    std::istringstream allowed(row.allowed);
    for (const Column& column : kColumns) {
      char expected = '?';
      allowed >> expected;
      const bool is_allowed = column.rights.allows(any_verb(row.verb)->permission, column.path);
      EXPECT_EQ(is_allowed, expected == 'y') << row.verb << " with " << column.name;
    }
  }
}

TEST(RightsTable, HasARowForEachVerbThatNeedsAPermission) {
  std::set<std::string_view> rows;
  for (const Row& row : kRows) rows.insert(row.verb);
  for (const auto verbs : {all_verbs(), all_site_verbs()})
    for (const Verb& verb : verbs)
      EXPECT_EQ(rows.contains(verb.name), verb.permission != Permission::none) << verb.name;
}

TEST(RightsTable, LetsAFileThatIsThereBeReplacedByThoseOnlyWhoMayDoEverything) {
  for (const Column& column : kColumns) {
    const bool is_full = column.name == "full, inside" || column.name == "a writing user";
    EXPECT_EQ(column.rights.allows(Permission::overwrite, column.path), is_full) << column.name;
  }
}

}  // namespace
}  // namespace uvftpd
