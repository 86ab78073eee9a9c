// Dialogues of the verbs that came after RFC 959: feature negotiation, facts about files, digests, SITE.
#include "tests/protocol/transcript.h"

namespace uvftpd {
namespace {

using SessionExtensionsTest = SessionTest;

// RFC 2640, section 4.2.
TEST_F(SessionExtensionsTest, SpeaksEnglishWhateverIsAsked) {
  for (const auto* text : {"LANG", "LANG EN", "lang en"}) EXPECT_EQ(say(text), "200") << text;
  for (const auto* text : {"LANG FR", "LANG de-CH", "LANG en-us-boont"}) EXPECT_EQ(say(text), "504") << text;
  for (const auto* text : {"LANG 1", "LANG -", "LANG en-", "LANG abcdefghi", "LANG e n"})
    EXPECT_EQ(say(text), "501") << text;
}

TEST_F(SessionExtensionsTest, TakesNoteOfWhoTheClientIs) {
  EXPECT_EQ(say("CLNT NcFTP 3.2.6"), "200");
  EXPECT_EQ(say("CLNT"), "501");
  EXPECT_EQ(say("CSID Name=x; Version=1;"), "200");
  EXPECT_EQ(last_text, "Name=uvftpd; CaseSensitive=1; DirSep=/;");
}

TEST_F(SessionExtensionsTest, NeedsNoAccountBehindThePassword) {
  log_in();
  EXPECT_EQ(say("ACCT anything"), "202");
}

}  // namespace
}  // namespace uvftpd
