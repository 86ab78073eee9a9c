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

// RFC 3659, section 7.
TEST_F(SessionExtensionsTest, TellsTheFactsOfOnePath) {
  log_in();
  EXPECT_EQ(say("MLST pub"), "facts of /pub");
  EXPECT_EQ(note(session.file_request_done({.text = "type=dir;perm=el;"})), "250");
  EXPECT_EQ(last_text, "Facts:\n type=dir;perm=el; /pub\nEnd");
  EXPECT_EQ(say("MLST"), "facts of /");
  EXPECT_EQ(file_done(ENOENT), "550");
}

TEST_F(SessionExtensionsTest, TellsTheNameOfOnePathAsItWouldBeSent) {
  log_in();
  EXPECT_EQ(say("MLST a\rb"), "facts of /a\rb");
  file_done();
  EXPECT_EQ(last_text, std::string("Facts:\n  /a\r\0b\nEnd", 18));
}

TEST_F(SessionExtensionsTest, ListsFactsOverTheDataConnectionWhateverTheType) {
  log_in();
  prepare_data();
  EXPECT_EQ(say("MLSD pub"), "facts in /pub");
  EXPECT_EQ(opened(), "150");
  EXPECT_EQ(finished(), "226");
}

TEST_F(SessionExtensionsTest, ListsFactsOfNoFile) {
  log_in();
  say("MLSD file");
  EXPECT_EQ(finished(Outcome::refused, ENOTDIR), "501");
  say("MLSD missing");
  EXPECT_EQ(finished(Outcome::refused, ENOENT), "550");
}

TEST_F(SessionExtensionsTest, TakesNothingInMlsdForAnOptionOrAPattern) {
  log_in();
  EXPECT_EQ(say("MLSD -a"), "connect 192.0.2.7:40000, facts in /-a");
  finished();
  EXPECT_EQ(say("MLSD *"), "connect 192.0.2.7:40000, facts in /*");
}

TEST_F(SessionExtensionsTest, TellsOnlyTheFactsThatAreWanted) {
  log_in();
  EXPECT_EQ(say("OPTS MLST Size;TYPE;nonsense;unix.MODE;"), "200");
  EXPECT_EQ(last_text, "MLST OPTS type;size;UNIX.mode;");
  say("FEAT");
  EXPECT_NE(last_text.find(" MLST type*;size*;modify;perm;unique;UNIX.mode*;UNIX.uid;UNIX.gid;\n"),
            std::string::npos);
  EXPECT_EQ(say("OPTS MLST"), "200");
  EXPECT_EQ(last_text, "MLST OPTS");
  say("REIN");
  say("FEAT");
  EXPECT_NE(last_text.find(" MLST type*;size*;modify*;"), std::string::npos);
}

TEST_F(SessionExtensionsTest, NeedsNoAccountBehindThePassword) {
  log_in();
  EXPECT_EQ(say("ACCT anything"), "202");
}

}  // namespace
}  // namespace uvftpd
