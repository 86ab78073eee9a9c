// Patterns for names: `*`, `?` and sets, against a reference that tries everything, and in bounded time.
#include "protocol/pattern.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace uvftpd {
namespace {

// Knows `*` and `?` only.
bool matches_naively(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*')
    return matches_naively(pattern.substr(1), name) ||
           (!name.empty() && matches_naively(pattern, name.substr(1)));
  return !name.empty() && (pattern[0] == '?' || pattern[0] == name[0]) &&
         matches_naively(pattern.substr(1), name.substr(1));
}

std::string random_text(std::mt19937& random, std::string_view alphabet) {
  std::string text(random() % 8, ' ');
  for (char& c : text) c = alphabet[random() % alphabet.size()];
  return text;
}

TEST(Pattern, HasAWildcard) {
  for (const auto* name : {"*", "a?", "[a]", "["}) EXPECT_TRUE(has_wildcard(name)) << name;
  for (const auto* name : {"", "a", "a.txt", "]", "{a,b}", "~"}) EXPECT_FALSE(has_wildcard(name)) << name;
}

TEST(Pattern, MatchesTheWholeName) {
  EXPECT_TRUE(matches_pattern("*.txt", "a.txt"));
  EXPECT_FALSE(matches_pattern("*.txt", "a.txt.gz"));
  EXPECT_FALSE(matches_pattern("a", "ab"));
  EXPECT_FALSE(matches_pattern("?", ""));
  EXPECT_TRUE(matches_pattern("*", ""));
}

TEST(Pattern, MatchesWithRegardToCase) { EXPECT_FALSE(matches_pattern("*.TXT", "a.txt")); }

TEST(Pattern, MatchesAsTheReferenceDoes) {
  std::mt19937 random(1);
  int matches = 0;
  for (int round = 0; round < 50'000; ++round) {
    const std::string pattern = random_text(random, "ab**?"), name = random_text(random, "ab");
    const bool expected = matches_naively(pattern, name);
    ASSERT_EQ(matches_pattern(pattern, name), expected) << pattern << " " << name;
    matches += expected ? 1 : 0;
  }
  EXPECT_GT(matches, 5000);
}

TEST(Pattern, MatchesACharacterOfASet) {
  for (const auto* name : {"a", "m", "z", "5", "-"}) EXPECT_TRUE(matches_pattern("[a-z5-]", name)) << name;
  for (const auto* name : {"A", "4", "", "aa"}) EXPECT_FALSE(matches_pattern("[a-z5-]", name)) << name;
  EXPECT_TRUE(matches_pattern("x[0-9]*", "x1yz"));
  EXPECT_TRUE(matches_pattern("[]]", "]"));
}

TEST(Pattern, MatchesACharacterThatIsNotInANegatedSet) {
  for (const auto* pattern : {"[!ab]", "[^ab]"}) {
    EXPECT_TRUE(matches_pattern(pattern, "c"));
    EXPECT_FALSE(matches_pattern(pattern, "a"));
    EXPECT_FALSE(matches_pattern(pattern, ""));
  }
}

TEST(Pattern, TakesASetWithoutAnEndForItself) {
  EXPECT_TRUE(matches_pattern("[ab", "[ab"));
  EXPECT_FALSE(matches_pattern("[ab", "a"));
}

TEST(Pattern, MatchesALeadingDotByADotOnly) {
  for (const auto* pattern : {"*", "?a", "[.]a", "*a"})
    EXPECT_FALSE(matches_pattern(pattern, ".a")) << pattern;
  EXPECT_TRUE(matches_pattern(".*", ".a"));
  EXPECT_TRUE(matches_pattern("*a", "b.a"));
}

TEST(Pattern, TakesNoLongerForManyStars) {
  std::string stars;
  for (int i = 0; i < 60; ++i) stars += "*a";
  EXPECT_FALSE(matches_pattern(stars + "b", std::string(255, 'a')));
}

}  // namespace
}  // namespace uvftpd
