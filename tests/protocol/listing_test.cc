// The lines of LIST and NLST, byte for byte.
#include "protocol/listing.h"

#include <gtest/gtest.h>

#include <limits>

namespace uvftpd {
namespace {

using namespace std::string_literals;

constexpr std::int64_t kNow = 1'795'413'091;  // 2026-11-23 05:51:31

ListedEntry plain_file(std::string_view name) {
  return {.name = name,
          .owner = "alice",
          .group = "users",
          .link_target = {},
          .mode = 0100644,
          .size = 1234,
          .modified = kNow};
}

std::string line_of(const ListedEntry& entry) {
  std::string out;
  ListFormatter(kNow).append(entry, out);
  return out;
}

std::string mode_of(std::uint32_t mode) {
  ListedEntry entry = plain_file("x");
  entry.mode = mode;
  return line_of(entry).substr(0, 10);
}

std::string date_of(ListFormatter& formatter, std::int64_t modified) {
  ListedEntry entry = plain_file("x");
  entry.modified = modified;
  std::string out;
  formatter.append(entry, out);
  return out.substr(out.size() - 16, 12);
}

TEST(Listing, LooksLikeThatOfLs) {
  EXPECT_EQ(line_of(plain_file("read me.txt")),
            "-rw-r--r--    1 alice    users            1234 Nov 23 05:51 read me.txt\r\n");
}

TEST(Listing, TellsTheTargetOfALink) {
  ListedEntry link = plain_file("latest");
  link.mode = 0120777;
  link.link_target = "../v 2";
  EXPECT_EQ(line_of(link),
            "lrwxrwxrwx    1 alice    users            1234 Nov 23 05:51 latest -> ../v 2\r\n");
}

TEST(Listing, LetsLongColumnsPushTheOthersOn) {
  EXPECT_EQ(line_of({.name = "x",
                     .owner = "a-long-owner",
                     .group = "a-long-group",
                     .link_target = {},
                     .mode = 0040755,
                     .links = 123456,
                     .size = 18'446'744'073'709'551'615U,
                     .modified = 0}),
            "drwxr-xr-x123456 a-long-owner a-long-group 18446744073709551615 Jan  1  1970 x\r\n");
}

TEST(Listing, ShowsTheTypeOfEveryEntry) {
  EXPECT_EQ(mode_of(0100000), "----------");
  EXPECT_EQ(mode_of(0040000), "d---------");
  EXPECT_EQ(mode_of(0120000), "l---------");
  EXPECT_EQ(mode_of(0010000), "p---------");
  EXPECT_EQ(mode_of(0020000), "c---------");
  EXPECT_EQ(mode_of(0060000), "b---------");
  EXPECT_EQ(mode_of(0140000), "s---------");
  EXPECT_EQ(mode_of(0000000), "----------");
}

TEST(Listing, ShowsEachPermissionBitInItsPlace) {
  const std::string all = "-rwxrwxrwx";
  for (std::size_t place = 1; place < all.size(); ++place) {
    std::string expected = "----------";
    expected[place] = all[place];
    EXPECT_EQ(mode_of(0100000 | 0400U >> (place - 1)), expected);
  }
}

TEST(Listing, ShowsTheSetIdAndStickyBits) {
  EXPECT_EQ(mode_of(0104755), "-rwsr-xr-x");
  EXPECT_EQ(mode_of(0104644), "-rwSr--r--");
  EXPECT_EQ(mode_of(0102755), "-rwxr-sr-x");
  EXPECT_EQ(mode_of(0102644), "-rw-r-Sr--");
  EXPECT_EQ(mode_of(0041777), "drwxrwxrwt");
  EXPECT_EQ(mode_of(0041776), "drwxrwxrwT");
}

TEST(Listing, DatesWithATimeInTheHalfYearAndWithAYearBefore) {
  ListFormatter formatter(kNow);
  EXPECT_EQ(date_of(formatter, kNow - 182 * 86400), "May 25 05:51");
  EXPECT_EQ(date_of(formatter, kNow - 183 * 86400), "May 24  2026");
}

TEST(Listing, DatesEachLineByItself) {
  ListFormatter formatter(kNow);
  EXPECT_EQ(date_of(formatter, kNow), "Nov 23 05:51");
  EXPECT_EQ(date_of(formatter, kNow + 1), "Nov 23 05:51");
  EXPECT_EQ(date_of(formatter, kNow + 29), "Nov 23 05:52");
  EXPECT_EQ(date_of(formatter, kNow - 60), "Nov 23 05:50");
  EXPECT_EQ(date_of(formatter, 30), "Jan  1  1970");
  EXPECT_EQ(date_of(formatter, -30), "Dec 31  1969");
  EXPECT_EQ(date_of(formatter, -60), "Dec 31  1969");
}

TEST(Listing, DatesAFirstLineFromBeforeTheEpoch) {
  ListFormatter formatter(kNow);
  EXPECT_EQ(date_of(formatter, -60), "Dec 31  1969");
}

// tmpfs keeps any time of 64 bits.
TEST(Listing, TellsTheEarliestTimeThereIsFromTheLatest) {
  ListFormatter formatter(kNow);
  EXPECT_EQ(date_of(formatter, std::numeric_limits<std::int64_t>::min()), "Jan  1     0");
  EXPECT_EQ(date_of(formatter, std::numeric_limits<std::int64_t>::max() - 20), "Dec 31  9999");
}

TEST(Listing, ShowsControlCharactersAsQuestionMarks) {
  ListedEntry entry = plain_file("a\r\n226 Done\x1b[2J\x7f\t.");
  entry.link_target = "b\r\nc";
  const std::string line = line_of(entry);
  EXPECT_EQ(line.substr(line.find("a?")), "a??226 Done?[2J??. -> b??c\r\n");
}

TEST(Listing, KeepsBytesOfAnyEncoding) {
  const std::string line = line_of(plain_file("\xc3\xa9\xff\x80"));
  EXPECT_TRUE(line.ends_with(" \xc3\xa9\xff\x80\r\n"));
}

TEST(Listing, AppendsToWhatIsThere) {
  ListFormatter formatter(kNow);
  std::string out = "before\r\n";
  formatter.append(plain_file("x"), out);
  formatter.append(plain_file("y"), out);
  EXPECT_EQ(out, "before\r\n" + line_of(plain_file("x")) + line_of(plain_file("y")));
}

TEST(NameAsSent, IsTheNameByteForByte) {
  EXPECT_EQ(name_as_sent("read me.txt"), "read me.txt");
  EXPECT_EQ(name_as_sent(" \t\x1b\xff\xc3\xa9 "), " \t\x1b\xff\xc3\xa9 ");
}

TEST(NameAsSent, HasACrAsCrNul) { EXPECT_EQ(name_as_sent("a\rb\r"), "a\r\0b\r\0"s); }

TEST(NameAsSent, CannotHaveALineEnd) {
  EXPECT_TRUE(has_line_end("a\nb"));
  EXPECT_FALSE(has_line_end("a\rb"));
}

}  // namespace
}  // namespace uvftpd
