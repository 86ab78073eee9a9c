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

// draft-somers-ftp-mfxx, section 3.
TEST_F(SessionExtensionsTest, SetsTheTimeOfAFileAndTellsWhatItHasThen) {
  log_in();
  for (const auto* verb : {"MFMT", "MDTM"}) {
    EXPECT_EQ(say(std::string(verb) + " 20261123055117 a file"), "set the time of /a file to 1795413077+0");
    EXPECT_EQ(note(session.file_request_done({.modified = 1795413078})), "213");
    EXPECT_EQ(last_text, "Modify=20261123055118; /a file");
  }
  EXPECT_EQ(say("MFMT 20261123055117.25 a"), "set the time of /a to 1795413077+250000000");
  EXPECT_EQ(file_done(EPERM), "550");
}

TEST_F(SessionExtensionsTest, SetsNoTimeThatIsNone) {
  log_in();
  for (const auto* text : {"MFMT 20261323055117 a", "MFMT now a", "MFMT 20261123055117. a", "MFMT a",
                           "MFMT 20261123055117", "MFMT 20261123055117 "})
    EXPECT_EQ(say(text), "501") << text;
}

TEST_F(SessionExtensionsTest, AsksMdtmForTheTimeOfAnyNameThatIsNotATimeAndAName) {
  log_in();
  for (const std::string name : {"a", "20261123055117", "2026 a", "20261323055117 a"}) {
    EXPECT_EQ(say("MDTM " + name), "time of /" + name);
    file_done();
  }
}

TEST_F(SessionExtensionsTest, SetsATimeOnlyWithThePermissionWhateverTheVerb) {
  log_in({Permissions::reading(), {}, "", "users"});
  EXPECT_EQ(say("MFMT 20261123055117 a"), "550, report MFMT /a by users");
  EXPECT_EQ(say("MDTM 20261123055117 a"), "550, report MDTM /a by users");
  EXPECT_EQ(say("SITE UTIME 20261123055117 a"), "550, report SITE UTIME /a by users");
  EXPECT_EQ(say("SITE CHMOD 644 a"), "550, report SITE CHMOD /a by users");
}

TEST_F(SessionExtensionsTest, SetsATimeWithThePermissionAloneWhateverTheVerb) {
  log_in({{Permission::mtime}, {}, "", "users"});
  for (const auto* text : {"MFMT 20261123055117 a", "MDTM 20261123055117 a", "SITE UTIME 20261123055117 a"}) {
    EXPECT_EQ(say(text), "set the time of /a to 1795413077+0") << text;
    file_done();
  }
  EXPECT_EQ(say("MDTM a"), "550, report MDTM /a by users");
}

// ---- HASH and RANG ----

TEST_F(SessionExtensionsTest, TellsADigestWithItsRangeAndPath) {
  log_in();
  EXPECT_EQ(say("HASH a file"), "digest of /a file");
  EXPECT_EQ(note(session.file_request_done({.size = 50, .text = "1a2b"})), "213");
  EXPECT_EQ(last_text, "SHA-256 0-49 1a2b /a file");
  say("HASH empty");
  note(session.file_request_done({.size = 0, .text = "1a2b"}));
  EXPECT_EQ(last_text, "SHA-256 0-0 1a2b /empty");
  say("HASH directory");
  EXPECT_EQ(file_done(EISDIR), "550");
}

TEST_F(SessionExtensionsTest, ChoosesTheDigestUntilANewLogin) {
  log_in();
  EXPECT_EQ(say("OPTS HASH"), "200");
  EXPECT_EQ(last_text, "SHA-256");
  EXPECT_EQ(say("opts hash md5"), "200");
  EXPECT_EQ(last_text, "MD5");
  EXPECT_EQ(say("OPTS HASH CRC-37"), "501");
  say("HASH a");
  note(session.file_request_done({.size = 1, .text = "00"}));
  EXPECT_EQ(last_text, "MD5 0-0 00 /a");
  say("FEAT");
  EXPECT_NE(last_text.find(" HASH SHA-256;SHA-512;SHA-1;MD5*;CRC32;\n"), std::string::npos);
  log_in();
  say("OPTS HASH");
  EXPECT_EQ(last_text, "SHA-256");
}

TEST_F(SessionExtensionsTest, HearsStatAndAborWhileADigestIsComputed) {
  log_in();
  say("HASH big");
  session.progressed(4711);
  EXPECT_EQ(say("STAT"), "211");
  EXPECT_NE(last_text.find("Digest in progress, 4711 bytes"), std::string::npos);
  EXPECT_EQ(wait_in_line("PWD"), "");
  EXPECT_EQ(wait_in_line("ABOR"), "abort");
  EXPECT_EQ(file_done(ECANCELED), "426");
  EXPECT_EQ(say("PWD"), "257");
  EXPECT_EQ(say("ABOR"), "226");
}

TEST_F(SessionExtensionsTest, TakesARangeForTheNextCommandOnly) {
  log_in();
  say("TYPE I");
  EXPECT_EQ(say("RANG 10 19"), "350");
  EXPECT_EQ(say("HASH a"), "digest of /a");
  note(session.file_request_done({.size = 10, .text = "00"}));
  EXPECT_EQ(last_text, "SHA-256 10-19 00 /a");
  say("HASH a");
  note(session.file_request_done({.size = 10, .text = "00"}));
  EXPECT_EQ(last_text, "SHA-256 0-9 00 /a");
}

TEST_F(SessionExtensionsTest, TransfersARange) {
  log_in();
  say("TYPE I");
  for (const auto& [verb, words] : {std::pair{"RETR", "retrieve /a (image, from 10, to 19)"},
                                    std::pair{"STOR", "store /a (image, from 10, to 19)"},
                                    std::pair{"APPE", "store /a (image, from 10, to 19)"}}) {
    EXPECT_EQ(say("RANG 10 19"), "350");
    prepare_data();
    EXPECT_EQ(say(std::string(verb) + " a"), words);
    finished();
  }
  EXPECT_EQ(say("RANG 0 0"), "350");
  EXPECT_EQ(say("RETR a"), "connect 192.0.2.7:40000, retrieve /a (image, to 0)");
}

TEST_F(SessionExtensionsTest, AppendsToARangeWithTheRightsOfAStor) {
  log_in({{Permission::append, Permission::overwrite}, {}, "", "users"});
  say("TYPE I");
  for (const auto* before : {"RANG 0 2", "REST 2"}) {
    EXPECT_EQ(say(before), "350");
    EXPECT_EQ(say("APPE a"), "553, report APPE /a by users");
  }
}

TEST_F(SessionExtensionsTest, DropsARange) {
  log_in();
  say("TYPE I");
  say("RANG 10 19");
  EXPECT_EQ(say("RANG 1 0"), "350");
  EXPECT_EQ(say("RETR a"), "connect 192.0.2.7:40000, retrieve /a (image)");
  finished();
  for (const auto* text : {"RANG", "RANG 1", "RANG 2 1", "RANG a b", "RANG 1 2 3", "RANG -1 2"})
    EXPECT_EQ(say(text), "501") << text;
  say("TYPE A");
  EXPECT_EQ(say("RANG 10 19"), "551");
}

TEST_F(SessionExtensionsTest, TellsTheSpaceForNewFiles) {
  log_in();
  EXPECT_EQ(say("AVBL"), "space in /");
  EXPECT_EQ(note(session.file_request_done({.size = 4096})), "213");
  EXPECT_EQ(last_text, "4096");
}

// ---- SITE ----

TEST_F(SessionExtensionsTest, ChangesAMode) {
  log_in();
  EXPECT_EQ(say("site chmod 0640 a file"), "set the mode of /a file to 416");
  EXPECT_EQ(file_done(), "200");
  for (const auto* text : {"SITE CHMOD 4755 a", "SITE CHMOD 1777 a", "SITE CHMOD 888 a", "SITE CHMOD +x a",
                           "SITE CHMOD -1 a", "SITE CHMOD 644", "SITE CHMOD"})
    EXPECT_EQ(say(text), "501") << text;
}

TEST_F(SessionExtensionsTest, SetsATimeInBothFormsOfUtime) {
  log_in();
  for (const auto* text : {"SITE UTIME 20261123055117 a file", "SITE UTIME 20261123055117  a file",
                           "SITE UTIME a file 20260101000000 20261123055117 20260101000000 UTC"}) {
    EXPECT_EQ(say(text), "set the time of /a file to 1795413077+0") << text;
    EXPECT_EQ(file_done(), "200");
  }
  EXPECT_EQ(say("SITE UTIME 202611230551 a"), "set the time of /a to 1795413060+0");
  file_done();
  for (const auto* text :
       {"SITE UTIME", "SITE UTIME a", "SITE UTIME 20261123055117", "SITE UTIME a b c d UTC"})
    EXPECT_EQ(say(text), "501") << text;
}

TEST_F(SessionExtensionsTest, ShortensTheTimeOfInactivityButDoesNotLengthenIt) {
  settings.idle_seconds = 300;
  connect();
  log_in();
  EXPECT_EQ(session.idle_seconds(), std::nullopt);
  EXPECT_EQ(say("SITE IDLE"), "200");
  EXPECT_EQ(say("SITE IDLE 60"), "200");
  EXPECT_EQ(session.idle_seconds(), 60U);
  for (const auto* text : {"SITE IDLE 0", "SITE IDLE 301", "SITE IDLE -1", "SITE IDLE x"})
    EXPECT_EQ(say(text), "501") << text;
  EXPECT_EQ(session.idle_seconds(), 60U);
  say("SITE IDLE 200");
  EXPECT_EQ(session.idle_seconds(), 180U);
  say("REIN");
  EXPECT_EQ(session.idle_seconds(), std::nullopt);
}

TEST_F(SessionExtensionsTest, HelpsWithSite) {
  log_in();
  EXPECT_EQ(say("HELP SITE"), "214");
  const std::string help = last_text;
  EXPECT_EQ(say("SITE HELP"), "214");
  EXPECT_EQ(last_text, help);
  for (const Verb& verb : all_site_verbs())
    EXPECT_NE(last_text.find("\n " + std::string(verb.name)), std::string::npos);
  EXPECT_EQ(say("SITE EXEC rm"), "500");
  EXPECT_EQ(say("SITE HELP x"), "501");
}

TEST_F(SessionExtensionsTest, NeedsNoAccountBehindThePassword) {
  log_in();
  EXPECT_EQ(say("ACCT anything"), "202");
}

}  // namespace
}  // namespace uvftpd
