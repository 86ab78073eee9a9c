// Virtual paths: nothing climbs above "/", whatever its spelling; bounds; names in replies cannot forge one.
#include "protocol/path.h"

#include <gtest/gtest.h>

#include <random>

namespace uvftpd {
namespace {

using namespace std::string_literals;

TEST(Path, IsSeenFromTheCurrentDirectory) {
  EXPECT_EQ(resolve_path("/", "a"), "/a");
  EXPECT_EQ(resolve_path("/pub", "a/b"), "/pub/a/b");
  EXPECT_EQ(resolve_path("/pub", ""), "/pub");
  EXPECT_EQ(resolve_path("/", ""), "/");
}

TEST(Path, ThatBeginsWithASlashIsAbsolute) { EXPECT_EQ(resolve_path("/pub", "/a"), "/a"); }

TEST(Path, LosesDotsAndSuperfluousSlashes) {
  EXPECT_EQ(resolve_path("/pub", "./a/././b/."), "/pub/a/b");
  EXPECT_EQ(resolve_path("/pub", "a//b///"), "/pub/a/b");
  EXPECT_EQ(resolve_path("/pub", "//a"), "/a");
  EXPECT_EQ(resolve_path("/pub", "."), "/pub");
}

TEST(Path, ClimbsWithDotDot) {
  EXPECT_EQ(resolve_path("/a/b/c", ".."), "/a/b");
  EXPECT_EQ(resolve_path("/a/b/c", "../../x"), "/a/x");
  EXPECT_EQ(resolve_path("/a", "b/../c/./../d"), "/a/d");
  EXPECT_EQ(resolve_path("/pub", "../a/./b"), "/a/b");
}

TEST(Path, NeverClimbsAboveTheRoot) {
  for (const auto* spelling : {"..", "../", "../..", "/..", "/../", "//..", "/./..", "/../../../", "x/../..",
                               "./../.", "x/y/../../../..", "..//..", "/x/../..//../."})
    EXPECT_EQ(resolve_path("/", spelling), "/") << spelling;
  EXPECT_EQ(resolve_path("/a", "../../../etc/passwd"), "/etc/passwd");
  EXPECT_EQ(resolve_path("/a", "/../../etc/passwd"), "/etc/passwd");
}

TEST(Path, KeepsNamesThatOnlyLookLikeDots) {
  for (const auto* name :
       {"...", "..a", "a..", ".a", "a.", ". ", " ..", ".. ", "..\\..", "%2e%2e", "\xc0\xae.", "~", "*"})
    EXPECT_EQ(resolve_path("/d", name), "/d/"s + name);
}

TEST(Path, KeepsBlanksAndBytesOfAnyEncoding) {
  EXPECT_EQ(resolve_path("/", "  a b  "), "/  a b  ");
  EXPECT_EQ(resolve_path("/", "\xff\xfe\xc3\xa9\r"), "/\xff\xfe\xc3\xa9\r");
}

TEST(Path, WithANulOrLfIsNone) {
  EXPECT_EQ(resolve_path("/", "a\0b"s), std::nullopt);
  EXPECT_EQ(resolve_path("/", "\0"s), std::nullopt);
  EXPECT_EQ(resolve_path("/", "a\nb"), std::nullopt);
}

TEST(Path, HasComponentsOf255Bytes) {
  const std::string longest(255, 'x');
  EXPECT_EQ(resolve_path("/", longest + "/" + longest), "/" + longest + "/" + longest);
  EXPECT_EQ(resolve_path("/", longest + "x"), std::nullopt);
  EXPECT_EQ(resolve_path("/", "a/" + longest + "x/b"), std::nullopt);
}

TEST(Path, Has4096BytesInAll) {
  std::string directory;
  for (int i = 0; i < 15; ++i) directory += "/" + std::string(255, 'd');  // 3840
  EXPECT_EQ(resolve_path(directory, std::string(255, 'f')).value().size(), 4096U);
  EXPECT_EQ(resolve_path(directory, std::string(254, 'f') + "/a"), std::nullopt);
  EXPECT_EQ(resolve_path(directory, "../" + std::string(255, 'e') + "/a").value().size(), 3842U);
}

TEST(Path, IsNormalisedWhateverItIsMadeOf) {
  const char* pieces[] = {"..", ".", "/", "//", "a", "b ", "...", "/../", "./"};
  std::mt19937 random(1);
  std::string directory = "/";
  for (int round = 0; round < 20'000; ++round) {
    std::string argument;
    for (auto left = random() % 8; left > 0; --left) argument += pieces[random() % std::size(pieces)];
    const auto path = resolve_path(directory, argument);
    ASSERT_TRUE(path && path->starts_with('/')) << argument;
    ASSERT_EQ((*path + "/").find("/../"), std::string::npos) << argument;
    ASSERT_EQ((*path + "/").find("/./"), std::string::npos) << argument;
    ASSERT_EQ(path->find("//"), std::string::npos) << argument;
    ASSERT_TRUE(path->size() == 1 || !path->ends_with('/')) << argument;
    ASSERT_EQ(resolve_path("/elsewhere", *path), path);
    directory = path->size() < 100 ? *path : "/";
  }
}

TEST(Path, IsWithinADirectoryByWholeNames) {
  EXPECT_TRUE(is_within("/a", "/a"));
  EXPECT_TRUE(is_within("/a/b", "/a"));
  EXPECT_TRUE(is_within("/a", "/"));
  EXPECT_TRUE(is_within("/", "/"));
  EXPECT_FALSE(is_within("/ab", "/a"));
  EXPECT_FALSE(is_within("/", "/a"));
  EXPECT_FALSE(is_within("/b/a", "/a"));
}

TEST(Path, MayBeANewNameUnlessItsLastComponentHasAControlCharacter) {
  EXPECT_TRUE(is_acceptable_new_name("/a b\xc3\xa9\xff"));
  EXPECT_TRUE(is_acceptable_new_name("/odd\tdirectory/name"));
  for (const char c : {'\x01', '\t', '\n', '\r', '\x1b', '\x1f', '\x7f'})
    EXPECT_FALSE(is_acceptable_new_name("/dir/na"s + c + "me")) << static_cast<int>(c);
}

TEST(Path, IsQuotedWithItsQuotesDoubled) {
  EXPECT_EQ(quoted("/a"), "\"/a\"");
  EXPECT_EQ(quoted("/say \"hi\""), "\"/say \"\"hi\"\"\"");
  EXPECT_EQ(quoted("\""), "\"\"\"\"");
}

TEST(Path, IsQuotedByteForByteButForTheEndsOfLines) {
  EXPECT_EQ(quoted("/a\r\n226 Done.\x1b\x7f"),
            "\"/a\r\0"
            "?226 Done.\x1b\x7f\""s);
  EXPECT_EQ(quoted("/\xc3\xa9\xff"), "\"/\xc3\xa9\xff\"");
}

}  // namespace
}  // namespace uvftpd
