// LineBuffer: the ends of lines, Telnet commands, forbidden bytes, and that no cutting of the stream changes
// a line.
#include "protocol/line_buffer.h"

#include <gtest/gtest.h>

namespace uvftpd {
namespace {

using namespace std::string_literals;
using Fault = Line::Fault;

std::vector<Line> lines_of(std::initializer_list<std::string_view> segments) {
  LineBuffer buffer;
  for (const auto segment : segments) buffer.append(segment);
  return buffer.waiting();
}

// The stream whole, byte by byte and in every cutting in two.
void expect_lines(std::string_view stream, const std::vector<Line>& expected) {
  EXPECT_EQ(lines_of({stream}), expected);
  LineBuffer by_bytes;
  for (const char& byte : stream) by_bytes.append({&byte, 1});
  EXPECT_EQ(by_bytes.waiting(), expected);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut)
    EXPECT_EQ(lines_of({stream.substr(0, cut), stream.substr(cut)}), expected) << "cut at " << cut;
}

TEST(LineBuffer, EndsALineAtCrLf) { expect_lines("NOOP\r\n", {{"NOOP"}}); }
TEST(LineBuffer, EndsALineAtABareLf) { expect_lines("NOOP\n", {{"NOOP"}}); }
TEST(LineBuffer, KeepsAnUnfinishedLineToItself) { expect_lines("NOOP\r\nPWD", {{"NOOP"}}); }
TEST(LineBuffer, GivesAnEmptyLineAsALine) { expect_lines("\r\n\n", {{""}, {""}}); }

TEST(LineBuffer, PartsManyCommandsOfOneSegment) {
  expect_lines("USER a\r\nPASS b\nCWD  c \r\nPASV\r\n", {{"USER a"}, {"PASS b"}, {"CWD  c "}, {"PASV"}});
}

TEST(LineBuffer, ReadsCrNulAsACrOfTheName) { expect_lines("RETR a\r\0b\r\n"s, {{"RETR a\rb"}}); }
TEST(LineBuffer, ReadsCrNulBeforeTheEndAsPartOfTheName) { expect_lines("RETR a\r\0\r\n"s, {{"RETR a\r"}}); }
TEST(LineBuffer, FaultsALoneCr) {
  expect_lines("RETR a\rb\r\nPWD\r\n", {{"", Fault::forbidden_byte}, {"PWD"}});
}
TEST(LineBuffer, FaultsTwoCrBeforeTheLf) {
  expect_lines("PWD\r\r\nPWD\n", {{"", Fault::forbidden_byte}, {"PWD"}});
}
TEST(LineBuffer, FaultsANul) {
  expect_lines("RETR a\0b\r\nPWD\r\n"s, {{"", Fault::forbidden_byte}, {"PWD"}});
}

TEST(LineBuffer, TakesOutATelnetCommand) { expect_lines("NO\xff\xf1OP\r\n", {{"NOOP"}}); }

TEST(LineBuffer, TakesOutInterruptProcessAndDataMarkBeforeAbor) {
  expect_lines(
      "\xff\xf4\xff\xf2"
      "ABOR\r\n",
      {{"ABOR"}});
}

TEST(LineBuffer, TakesOutNegotiationWithItsOption) {
  for (const char verb : {'\xfb', '\xfc', '\xfd', '\xfe'})
    expect_lines("PW"s + '\xff' + verb + '\x01' + "D\r\n", {{"PWD"}});
}

TEST(LineBuffer, TakesOutSubnegotiationUpToItsEnd) {
  expect_lines(
      "PW\xff\xfa\x18\r\nxx\xff\xff\xff\xf0"
      "D\r\n",
      {{"PWD"}});
}

TEST(LineBuffer, GivesUpASubnegotiationWithoutEnd) {
  const auto lines = lines_of({"\xff\xfa", std::string(LineBuffer::kMaxDropped, 'x')});
  EXPECT_EQ(lines, (std::vector<Line>{{"", Fault::endless}}));
}

TEST(LineBuffer, RefusesEveryOptionThatIsAskedForAndNoOther) {
  const std::string_view stream =
      "P\xff\xfb\x01W\xff\xfd\x18"
      "D\xff\xfc\x03\xff\xfe\x05\xff\xf1\r\n";
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    LineBuffer buffer;
    const std::string refusals = buffer.append(stream.substr(0, cut));
    EXPECT_EQ(refusals + buffer.append(stream.substr(cut)), "\xff\xfe\x01\xff\xfc\x18") << "cut at " << cut;
    EXPECT_EQ(buffer.waiting(), (std::vector<Line>{{"PWD"}}));
  }
}

TEST(LineBuffer, TakesAnOptionThatLooksLikeTheEndOfALine) { expect_lines("PW\xff\xfd\nD\r\n", {{"PWD"}}); }
TEST(LineBuffer, ReadsADoubledIacAsOneByte) {
  expect_lines("CWD \xff\xff/\xff\xff\r\n", {{"CWD \xff/\xff"}});
}
TEST(LineBuffer, KeepsOtherBytesOver127) {
  expect_lines("CWD \xc3\xa9\xfe\xfd\r\n", {{"CWD \xc3\xa9\xfe\xfd"}});
}

TEST(LineBuffer, KeepsALineOfTheGreatestLength) {
  const std::string longest(LineBuffer::kMaxLine, 'x');
  EXPECT_EQ(lines_of({longest + "\r\n"}), (std::vector<Line>{{longest}}));
}

TEST(LineBuffer, CountsADoubledIacAndACrNulAsOneByte) {
  const std::string rest(LineBuffer::kMaxLine - 2, 'x');
  EXPECT_EQ(lines_of({"\xff\xff\r\0"s + rest + "\n"}), (std::vector<Line>{{"\xff\r" + rest}}));
  EXPECT_EQ(lines_of({"\xff\xff\r\0x"s + rest + "\n"}), (std::vector<Line>{{"", Fault::too_long}}));
}

TEST(LineBuffer, GivesALineOverTheGreatestLengthAsOneFault) {
  const std::string too_long(LineBuffer::kMaxLine + 1, 'x');
  EXPECT_EQ(lines_of({too_long + "\r\nPWD\r\n"}), (std::vector<Line>{{"", Fault::too_long}, {"PWD"}}));
}

TEST(LineBuffer, DropsTheRestOfALineThatIsTooLong) {
  const std::string too_long(LineBuffer::kMaxLine + LineBuffer::kMaxDropped, 'x');
  EXPECT_EQ(lines_of({too_long}), std::vector<Line>());
  EXPECT_EQ(lines_of({too_long, "\r\nPWD\r\n"}), (std::vector<Line>{{"", Fault::too_long}, {"PWD"}}));
}

TEST(LineBuffer, TellsOnceOfALineWithoutEndAndHoldsNoneOfIt) {
  LineBuffer buffer;
  const std::string segment(1024, 'x');
  for (int i = 0; i < 1024; ++i) {
    buffer.append(segment);
    ASSERT_LE(buffer.size(), LineBuffer::kMaxLine);
  }
  EXPECT_EQ(buffer.waiting(), (std::vector<Line>{{"", Fault::endless}}));
  buffer.append("\r\nPWD\r\n");
  EXPECT_EQ(buffer.waiting(), (std::vector<Line>{{"", Fault::endless}, {"PWD"}}));
}

TEST(LineBuffer, TellsOfATlsHandshakeAtOnce) {
  expect_lines("\x16\x03\x01\x02", {{"", Fault::tls_hello}});
  expect_lines("NOOP\r\n\x16\x03", {{"NOOP"}, {"", Fault::tls_hello}});
}

TEST(LineBuffer, SeesNoTlsHandshakeInTheMiddleOfALine) {
  expect_lines("CWD \x16\x03\r\n", {{"CWD \x16\x03"}});
}

TEST(LineBuffer, GivesTheOldestLineFirst) {
  LineBuffer buffer;
  buffer.append("A\r\nB\r\nC");
  EXPECT_EQ(buffer.take_front().text, "A");
  buffer.append("\r\n");
  EXPECT_EQ(buffer.take_front().text, "B");
  EXPECT_EQ(buffer.take_front().text, "C");
  EXPECT_TRUE(buffer.waiting().empty());
}

TEST(LineBuffer, CountsWhatItHoldsEmptyLinesToo) {
  LineBuffer buffer;
  EXPECT_EQ(buffer.size(), 0U);
  for (int i = 0; i < 1000; ++i) buffer.append("\n");
  EXPECT_GE(buffer.size(), 1000 * sizeof(Line));
  while (!buffer.waiting().empty()) buffer.take_front();
  EXPECT_EQ(buffer.size(), 0U);
  buffer.append("abc");
  EXPECT_EQ(buffer.size(), 3U);
}

}  // namespace
}  // namespace uvftpd
