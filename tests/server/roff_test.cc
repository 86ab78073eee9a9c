// What roff would take for a command, a dash or a quote of its own.
#include "server/roff.h"

#include <gtest/gtest.h>

namespace uvftpd {
namespace {

TEST(Roff, LeavesPlainTextAlone) {
  EXPECT_EQ(roff("Bytes a second; 0 is \"none\"."), "Bytes a second; 0 is \"none\".");
}

TEST(Roff, EscapesWhatMeansMoreToIt) { EXPECT_EQ(roff("--a's\\~^"), "\\-\\-a\\(aqs\\e\\(ti\\(ha"); }

TEST(Roff, MakesNoCommandOfAFirstDot) { EXPECT_EQ(roff(".toml"), "\\&.toml"); }

TEST(Roff, MakesWordsInBackticksBold) { EXPECT_EQ(roff("where `write` holds"), "where \\fBwrite\\fR holds"); }

}  // namespace
}  // namespace uvftpd
