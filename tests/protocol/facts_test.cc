// Facts as MLST and MLSD tell them (RFC 3659, section 7.5): each fact, the letters of perm, the lists of
// OPTS.
#include "protocol/facts.h"

#include <gtest/gtest.h>

namespace uvftpd {
namespace {

constexpr std::int64_t kNow = 1795413077;  // 2026-11-23 05:51:17 UTC
constexpr FileAccess kEverything{
    .may_read = true, .may_write = true, .may_search = true, .may_change_parent = true};

FileFacts a_file() {
  return {.mode = 0100644,
          .uid = 1000,
          .gid = 100,
          .size = 5,
          .modified = kNow,
          .device = 0xfd01,
          .inode = 0x1a2b,
          .access = kEverything,
          .permissions = Permissions::all()};
}
FileFacts a_directory() {
  FileFacts facts = a_file();
  facts.mode = 040755;
  return facts;
}

std::string told(const FileFacts& facts, std::string_view list) {
  std::string out;
  FactFormatter(FactSet::parse(list)).append(facts, out);
  return out;
}

TEST(Facts, AreToldInOneOrderEachClosedByASemicolon) {
  std::string out;
  FactFormatter(FactSet::all()).append(a_file(), out);
  EXPECT_EQ(out,
            "type=file;size=5;modify=20261123055117;perm=adfrw;unique=fd01g1a2b;UNIX.mode=0644;UNIX.uid=1000;"
            "UNIX.gid=100;");
}

TEST(Facts, OfADirectoryHaveNoSize) { EXPECT_EQ(told(a_directory(), "type;size;"), "type=dir;"); }

TEST(Facts, AreToldOnlyIfWanted) {
  EXPECT_EQ(told(a_file(), "unix.gid;size"), "size=5;UNIX.gid=100;");
  EXPECT_EQ(told(a_file(), ""), "");
  EXPECT_EQ(told(a_file(), ";;nonsense;"), "");
}

TEST(Facts, HaveATypeOfTheirOwnForWhatIsNoFile) {
  FileFacts facts = a_file();
  const std::pair<std::uint32_t, std::string> types[] = {
      {0120777, "OS.unix=slink:"}, {0010644, "OS.unix=fifo"}, {0140644, "OS.unix=socket"},
      {0020644, "OS.unix=chr"},    {0060644, "OS.unix=blk"},
  };
  for (const auto& [mode, type] : types) {
    facts.mode = mode;
    EXPECT_EQ(told(facts, "type"), "type=" + type + ";");
  }
}

TEST(Facts, TellTheTimeToTheMillisecondAndNeverABareDot) {
  FileFacts facts = a_file();
  const std::pair<std::uint32_t, std::string> fractions[] = {
      {0, ""}, {999999, ""}, {1000000, ".001"}, {120000000, ".120"}, {999999999, ".999"}};
  for (const auto& [nanoseconds, fraction] : fractions) {
    facts.nanoseconds = nanoseconds;
    EXPECT_EQ(told(facts, "modify"), "modify=20261123055117" + fraction + ";");
  }
}

TEST(Facts, TellTheTimeOfEachEntryThoughTheLastOneIsRemembered) {
  FactFormatter formatter(FactSet::parse("modify"));
  std::string out;
  for (const std::int64_t second : {std::int64_t{0}, kNow, kNow, kNow + 1, std::int64_t{-1}}) {
    FileFacts facts = a_file();
    facts.modified = second;
    formatter.append(facts, out);
  }
  EXPECT_EQ(out,
            "modify=19700101000000;modify=20261123055117;modify=20261123055117;modify=20261123055118;"
            "modify=19691231235959;");
}

TEST(Facts, TellTheWholeMode) {
  FileFacts facts = a_directory();
  facts.mode = 043751;
  EXPECT_EQ(told(facts, "UNIX.mode"), "UNIX.mode=3751;");
}

// ---- perm ----

std::string perm(FileFacts facts, const Permissions& permissions, const FileAccess& access) {
  facts.permissions = permissions;
  facts.access = access;
  return told(facts, "perm");
}

TEST(FactPerm, IsWhatPermissionsAllow) {
  EXPECT_EQ(perm(a_file(), Permissions::all(), kEverything), "perm=adfrw;");
  EXPECT_EQ(perm(a_directory(), Permissions::all(), kEverything), "perm=cdeflmp;");
  EXPECT_EQ(perm(a_file(), Permissions::reading(), kEverything), "perm=r;");
  EXPECT_EQ(perm(a_directory(), Permissions::reading(), kEverything), "perm=el;");
  EXPECT_EQ(perm(a_file(), {Permission::upload}, kEverything), "perm=;");  // new files only
  EXPECT_EQ(perm(a_directory(), {Permission::upload}, kEverything), "perm=ce;");
  EXPECT_EQ(perm(a_file(), {Permission::upload, Permission::overwrite}, kEverything), "perm=w;");
}

TEST(FactPerm, OfWhatIsNeitherFileNorDirectoryIsToRenameAndToRemoveIt) {
  FileFacts fifo = a_file();
  fifo.mode = 010644;
  EXPECT_EQ(perm(fifo, Permissions::all(), kEverything), "perm=df;");
}

TEST(FactPerm, IsNoMoreThanTheDaemonItselfMayDo) {
  EXPECT_EQ(perm(a_file(), Permissions::all(), {}), "perm=;");
  EXPECT_EQ(perm(a_directory(), Permissions::all(), {}), "perm=;");
  EXPECT_EQ(perm(a_file(), Permissions::all(), {.may_read = true}), "perm=r;");
  EXPECT_EQ(perm(a_file(), Permissions::all(), {.may_write = true}), "perm=a;");
  EXPECT_EQ(perm(a_file(), Permissions::all(), {.may_change_parent = true}), "perm=df;");
  EXPECT_EQ(perm(a_directory(), Permissions::all(), {.may_read = true, .may_search = true}), "perm=el;");
  EXPECT_EQ(perm(a_directory(), Permissions::all(), {.may_write = true, .may_search = true}), "perm=cemp;");
}

// ---- lists ----

TEST(FactSet, IsReadInAnyCaseAndOrderWithUnknownNamesSkipped) {
  EXPECT_EQ(to_string(FactSet::parse("PERM;type;x;Unix.Uid")), "type;perm;UNIX.uid;");
  EXPECT_EQ(FactSet::parse("type;size;modify;perm;unique;UNIX.mode;UNIX.uid;UNIX.gid;"), FactSet::all());
  EXPECT_EQ(to_string(FactSet()), "");
}

TEST(FactSet, StarsItsFactsAmongAll) {
  EXPECT_EQ(all_facts_starred(FactSet::parse("size")),
            "type;size*;modify;perm;unique;UNIX.mode;UNIX.uid;UNIX.gid;");
}

}  // namespace
}  // namespace uvftpd
