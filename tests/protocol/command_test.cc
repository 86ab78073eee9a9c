// parse_command and the small parsers of arguments: case, blanks, numbers, options as of `ls`.
#include "protocol/command.h"

#include <gtest/gtest.h>

namespace uvftpd {
namespace {

void expect_command(std::string_view line, std::string_view verb, std::string_view argument) {
  const Command command = parse_command(line);
  EXPECT_EQ(command.verb, verb) << line;
  EXPECT_EQ(command.argument, argument) << line;
  EXPECT_EQ(command.path, "");
}

TEST(Command, PartsVerbAndArgumentAtTheFirstBlank) {
  expect_command("RETR a b c", "RETR", "a b c");
  expect_command("PWD", "PWD", "");
  expect_command("PWD ", "PWD", "");
  expect_command("", "", "");
}

TEST(Command, LeavesFurtherBlanksToTheArgument) { expect_command("STOR   foo.bar ", "STOR", "  foo.bar "); }

TEST(Command, ReadsTheVerbWithoutRegardToCaseAndTheArgumentAsItIs) {
  expect_command("reTr MiXed", "RETR", "MiXed");
}

TEST(Command, HasNoVerbWhenTheLineBeginsWithABlank) { expect_command(" PWD", "", "PWD"); }
TEST(Command, TakesATabForPartOfTheVerb) { expect_command("CWD\tx", "CWD\tX", ""); }

TEST(Command, ChangesTheCaseOfAsciiLettersOnly) {
  EXPECT_EQ(upper_case("az{`@[AZ09\xe4\xff"), "AZ{`@[AZ09\xe4\xff");
}

TEST(Command, TakesAWordAndTheBlanksBehindIt) {
  std::string_view text = "one  two ";
  EXPECT_EQ(take_word(text), "one");
  EXPECT_EQ(text, "two ");
  EXPECT_EQ(take_word(text), "two");
  EXPECT_EQ(text, "");
  EXPECT_EQ(take_word(text), "");
}

TEST(Command, TakesOffOptionsAsOfLs) {
  EXPECT_EQ(without_options("-la"), "");
  EXPECT_EQ(without_options("-la /pub"), "/pub");
  EXPECT_EQ(without_options("-a -l  with blank"), "with blank");
  EXPECT_EQ(without_options("plain"), "plain");
  EXPECT_EQ(without_options(""), "");
}

TEST(Command, TakesNoOptionOffBehindAPath) { EXPECT_EQ(without_options("dir -l"), "dir -l"); }
TEST(Command, TakesAWordWithADashForANameUnlessItIsMadeOfOptions) {
  for (const auto* text : {"-report.txt", "-", "--", "-x", "-la.txt", "-l-"})
    EXPECT_EQ(without_options(text), text);
  EXPECT_EQ(without_options("-la -old name"), "-old name");
  for (const auto* text : {"-a", "-l", "-A", "-1", "-R", "-lR", "-alF", "-ltr"})
    EXPECT_EQ(without_options(text), "");
}
TEST(Command, LeavesADashAloneAsAName) { EXPECT_EQ(without_options("-"), "-"); }

TEST(Command, KnowsTheFirstWordsOfOtherProtocols) {
  for (const auto* verb : {"GET", "POST", "PUT", "DELETE", "CONNECT", "SSH-2.0-OPENSSH_9.2"})
    EXPECT_TRUE(is_foreign_protocol(verb)) << verb;
  for (const auto* verb : {"", "DELE", "GETX", "SSH", "USER", "OPTS"})
    EXPECT_FALSE(is_foreign_protocol(verb)) << verb;
}

TEST(Command, CountsInDigitsOnly) {
  EXPECT_EQ(parse_count("0"), 0U);
  EXPECT_EQ(parse_count("4294967296"), 4294967296U);
  EXPECT_EQ(parse_count("9223372036854775807"), 9223372036854775807U);
  for (const auto* text : {"", "-1", "-0", "+1", " 1", "1 ", "1.5", "0x10", "x", "1e3"})
    EXPECT_EQ(parse_count(text), std::nullopt) << text;
}

TEST(Command, CountsToTwoToThe63AndNoFurther) {
  for (const auto* text : {"9223372036854775808", "18446744073709551616", "99999999999999999999999999"})
    EXPECT_EQ(parse_count(text), std::nullopt) << text;
}

}  // namespace
}  // namespace uvftpd
