// How events become lines, and that nothing a client says makes more of them.
#include "server/log_line.h"

#include <gtest/gtest.h>

namespace uvftpd {
namespace {

constexpr std::size_t kLongest = 16;

std::string text_of(LogFields fields) {
  std::string line;
  append_event(LogFormat::text, "login", fields, kLongest, line);
  return line;
}

std::string json_of(LogFields fields) {
  std::string line;
  append_event(LogFormat::json, "login", fields, kLongest, line);
  return line;
}

TEST(LogLine, IsWordsOfText) {
  EXPECT_EQ(text_of({{"session", 7U}, {"user", "alice"}}), "event=login session=7 user=alice");
}

TEST(LogLine, HasNumbersInJson) {
  EXPECT_EQ(json_of({{"session", 7U}, {"user", "7"}, {"seconds", Milliseconds(1042)}}),
            R"("event":"login","session":7,"user":"7","seconds":1.042)");
}

TEST(LogLine, TellsTimesInSeconds) {
  EXPECT_EQ(text_of({{"seconds", Milliseconds(0)}}), "event=login seconds=0.000");
  EXPECT_EQ(text_of({{"seconds", Milliseconds(61'007)}}), "event=login seconds=61.007");
}

TEST(LogLine, LeavesOutWhatHasNoValue) {
  EXPECT_EQ(text_of({{"user", ""}, {"path", "/"}}), "event=login path=/");
  EXPECT_EQ(json_of({{"user", ""}, {"path", "/"}}), R"("event":"login","path":"/")");
}

TEST(LogLine, QuotesWhatIsNoWord) {
  EXPECT_EQ(text_of({{"user", "a b"}}), R"(event=login user="a b")");
  EXPECT_EQ(text_of({{"user", "a=b"}}), R"(event=login user="a=b")");
}

TEST(LogLine, CannotBeForged) {
  EXPECT_EQ(text_of({{"user", "x\" client=\""}}), R"(event=login user="x\" client=\"")");
  EXPECT_EQ(text_of({{"user", "x\r\nevent=a"}}), R"(event=login user="x\x0d\x0aevent=a")");
  EXPECT_EQ(text_of({{"user", "\x1b[2J\\\xff"}}), R"(event=login user="\x1b[2J\\\xff")");
  EXPECT_EQ(json_of({{"user", "x\",\"k\":\"\n"}}), R"("event":"login","user":"x\",\"k\":\"\u000a")");
}

TEST(LogLine, CutsLongValues) {
  EXPECT_EQ(text_of({{"user", std::string(17, 'x')}}),
            "event=login user=\"" + std::string(16, 'x') + "...\"");
  EXPECT_EQ(text_of({{"user", std::string(16, 'x')}}), "event=login user=" + std::string(16, 'x'));
}

TEST(LogLine, MasksThePasswordOfAUrl) {
  EXPECT_EQ(text_of({{"path", "/f:/a:s@h/x"}}), R"(event=login path="/f:/a:***@h/x")");
  EXPECT_EQ(text_of({{"path", "f://a:s:t@u@h/"}}), R"(event=login path="f://a:***@h/")");
  EXPECT_EQ(text_of({{"path", "/c:/d@e/f:g"}}), R"(event=login path="/c:/d@e/f:g")");
  EXPECT_EQ(text_of({{"path", "@:/"}}), R"(event=login path="@:/")");
  EXPECT_EQ(text_of({{"email", "a@b.example"}}), "event=login email=a@b.example");
}

TEST(Journal, IsReadAtStderrWhereItIsTheStreamThatIsNamed) {
  EXPECT_TRUE(is_journal_stream("8:1234", 8, 1234));
  EXPECT_FALSE(is_journal_stream("8:1234", 8, 123));
  EXPECT_FALSE(is_journal_stream("8:1234", 7, 1234));
  EXPECT_FALSE(is_journal_stream("8:1234 ", 8, 1234));
  EXPECT_FALSE(is_journal_stream("", 0, 0));
}

}  // namespace
}  // namespace uvftpd
