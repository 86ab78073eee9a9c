// Directories, files and parameters: what each verb asks of the file system and what it says afterwards.
#include "tests/protocol/transcript.h"

namespace uvftpd {
namespace {

class FilesTest : public SessionTest {
 protected:
  FilesTest() { log_in(); }
  std::string text_of(std::string_view command) {
    say(command);
    return last_text;
  }
  void enter(std::string_view directory) {
    say("CWD " + std::string(directory));
    EXPECT_EQ(file_done(), "250");
  }
};

// ---- directories ----

TEST_F(FilesTest, BeginsAtTheRoot) { EXPECT_EQ(text_of("PWD"), "\"/\" is the current directory."); }

TEST_F(FilesTest, EntersADirectoryOnlyOnceItIsThere) {
  EXPECT_EQ(say("CWD pub"), "enter /pub");
  EXPECT_EQ(file_done(ENOENT), "550");
  EXPECT_EQ(text_of("PWD"), "\"/\" is the current directory.");
  EXPECT_EQ(say("CWD pub"), "enter /pub");
  EXPECT_EQ(file_done(), "250");
  EXPECT_EQ(text_of("PWD"), "\"/pub\" is the current directory.");
}

TEST_F(FilesTest, GoesUpByCdupAndNotAboveTheRoot) {
  enter("/a/b");
  EXPECT_EQ(say("CDUP"), "enter /a");
  EXPECT_EQ(file_done(), "250");
  enter("/");
  EXPECT_EQ(say("XCUP"), "enter /");
}

TEST_F(FilesTest, MakesADirectoryAndSaysItsWholePathQuoted) {
  enter("/pub");
  EXPECT_EQ(say("MKD say \"hi\""), "make directory /pub/say \"hi\"");
  EXPECT_EQ(file_done(), "257");
  EXPECT_EQ(last_text, "\"/pub/say \"\"hi\"\"\" created.");
}

TEST_F(FilesTest, MakesNoDirectoryThatIsThere) {
  EXPECT_EQ(say("MKD a"), "make directory /a");
  EXPECT_EQ(file_done(EEXIST), "550");
}

TEST_F(FilesTest, RemovesADirectory) {
  EXPECT_EQ(say("RMD a"), "remove directory /a");
  EXPECT_EQ(file_done(), "250");
  EXPECT_EQ(say("RMD b"), "remove directory /b");
  EXPECT_EQ(file_done(ENOTEMPTY), "550");
}

// ---- files ----

TEST_F(FilesTest, RemovesAFile) {
  EXPECT_EQ(say("DELE a"), "remove file /a");
  EXPECT_EQ(file_done(), "250");
  EXPECT_EQ(say("DELE b"), "remove file /b");
  EXPECT_EQ(file_done(EISDIR), "550");
}

TEST_F(FilesTest, RenamesAFileByTwoCommands) {
  EXPECT_EQ(say("RNFR a"), "look for /a");
  EXPECT_EQ(file_done(), "350");
  EXPECT_EQ(say("RNTO dir/b"), "rename /a to /dir/b");
  EXPECT_EQ(file_done(), "250");
  EXPECT_EQ(say("RNTO c"), "503");
}

TEST_F(FilesTest, RenamesTheFileThatRnfrMeant) {
  enter("/pub");
  say("RNFR a");
  file_done();
  EXPECT_EQ(say("RNTO ../b"), "rename /pub/a to /b");
}

TEST_F(FilesTest, RenamesNothingAfterAMissingSource) {
  say("RNFR a");
  EXPECT_EQ(file_done(ENOENT), "550");
  EXPECT_EQ(say("RNTO b"), "503");
}

TEST_F(FilesTest, ForgetsTheSourceAtAnyOtherCommand) {
  for (const auto* between : {"NOOP", "PWD", "XYZZY", "TYPE I", "REST 7", "RNTO", "", "STAT", "PORT 1,2"}) {
    say("RNFR a");
    file_done();
    say(between);
    EXPECT_EQ(say("RNTO b"), "503") << between;
  }
}

TEST_F(FilesTest, ForgetsTheSourceAtALineThatIsNoCommand) {
  say("RNFR a");
  file_done();
  EXPECT_EQ(note(session.line_received({"", Line::Fault::too_long})), "500");
  EXPECT_EQ(say("RNTO b"), "503");
  say("RNFR a");
  file_done();
  EXPECT_EQ(note(session.line_received({"", Line::Fault::forbidden_byte})), "501");
  EXPECT_EQ(say("RNTO b"), "503");
}

TEST_F(FilesTest, AnswersAFailedRenameWith553) {
  say("RNFR a");
  file_done();
  say("RNTO b");
  EXPECT_EQ(file_done(EEXIST), "553");
}

TEST_F(FilesTest, TellsTheSizeInTheCurrentType) {
  EXPECT_EQ(say("SIZE a"), "ascii size of /a");
  EXPECT_EQ(note(session.file_request_done({.size = 1'099'511'627'776})), "213");
  EXPECT_EQ(last_text, "1099511627776");
  say("TYPE I");
  EXPECT_EQ(say("SIZE a"), "size of /a");
}

TEST_F(FilesTest, TellsNoSizeThatItCannotCount) {
  say("SIZE a");
  EXPECT_EQ(file_done(EFBIG), "550");
}

TEST_F(FilesTest, TellsTheTimeOfModificationInUtc) {
  EXPECT_EQ(say("MDTM a"), "time of /a");
  EXPECT_EQ(note(session.file_request_done({.modified = 1'000'000'000})), "213");
  EXPECT_EQ(last_text, "20010909014640");
}

TEST_F(FilesTest, KeepsTheBlanksOfAName) { EXPECT_EQ(say("DELE  a  b "), "remove file / a  b "); }

TEST_F(FilesTest, RefusesANameThatIsTooLong) {
  const std::string name(256, 'x');
  EXPECT_EQ(say("RETR " + name), "550, report RETR " + name + " by name");
  EXPECT_EQ(say("STOR " + name), "553, report STOR " + name + " by name");
}

TEST_F(FilesTest, MakesNoNameWithControlCharactersButReadsThem) {
  for (const std::string line : {"STOR a\x1b[2J", "APPE a\rb", "RNTO \x7f"})
    EXPECT_EQ(say(line), "553, report " + line + " by name");
  EXPECT_EQ(say("MKD a\tb"), "550, report MKD a\tb by name");
  EXPECT_EQ(say("DELE a\rb"), "remove file /a\rb");
}

// ---- STAT of a path ----

TEST_F(FilesTest, ListsAPathOnTheControlConnection) {
  EXPECT_EQ(say("STAT -la pub"), "listing of /pub");
  EXPECT_EQ(note(session.file_request_done({.text = "-rw- a\r\n213 End\r\n"})), "213");
  EXPECT_EQ(encode({Code::file_status, last_text}), "213-Status:\r\n-rw- a\r\n 213 End\r\n213 End\r\n");
  EXPECT_EQ(say("STAT gone"), "listing of /gone");
  EXPECT_EQ(file_done(ENOENT), "450");
}

// ---- parameters ----

TEST_F(FilesTest, TakesTheTypesOfRfc1123) {
  for (const auto* line : {"TYPE A", "TYPE A N", "type a t", "TYPE I", "TYPE L 8", "type l 8"})
    EXPECT_EQ(say(line), "200") << line;
}

TEST_F(FilesTest, KnowsATypeItDoesNotOfferFromJunk) {
  for (const auto* line : {"TYPE E", "TYPE A C", "TYPE L 36", "TYPE E N"})
    EXPECT_EQ(say(line), "504") << line;
  for (const auto* line : {"TYPE X", "TYPE AA", "TYPE 8", "TYPE  I", "TYPE"})
    EXPECT_EQ(say(line), "501") << line;
}

TEST_F(FilesTest, KeepsTheOldTypeWhenItRefusesANewOne) {
  say("TYPE I");
  say("TYPE E");
  EXPECT_EQ(say("SIZE a"), "size of /a");
}

TEST_F(FilesTest, OffersStreamModeAndFileStructureOnly) {
  for (const auto* line : {"MODE S", "mode s", "STRU F"}) EXPECT_EQ(say(line), "200") << line;
  for (const auto* line : {"MODE B", "MODE C", "STRU R", "STRU P"}) EXPECT_EQ(say(line), "504") << line;
  for (const auto* line : {"MODE X", "MODE SS", "STRU X", "STRU F F"}) EXPECT_EQ(say(line), "501") << line;
}

TEST_F(FilesTest, NeedsNoAllocation) {
  for (const auto* line : {"ALLO 0", "ALLO 100", "ALLO 100 R 10", "ALLO 100 r 10"})
    EXPECT_EQ(say(line), "202") << line;
  for (const auto* line : {"ALLO x", "ALLO -1", "ALLO 1 R", "ALLO 1 R x", "ALLO 1 2", "ALLO 1 X 2"})
    EXPECT_EQ(say(line), "501") << line;
}

TEST_F(FilesTest, HasUtf8NamesWhateverOptsSays) {
  EXPECT_EQ(say("OPTS UTF8 ON"), "200");
  EXPECT_EQ(say("opts utf8 on"), "200");
  EXPECT_EQ(say("OPTS UTF8 OFF"), "501");
  EXPECT_EQ(say("OPTS NOOP"), "501");
}

TEST_F(FilesTest, TellsTheStateOfTheSession) {
  EXPECT_EQ(say("STAT"), "211");
  EXPECT_NE(last_text.find("Connected from 192.0.2.7\n"), std::string::npos);
  EXPECT_NE(last_text.find("TYPE: ASCII"), std::string::npos);
  EXPECT_NE(last_text.find("No data connection"), std::string::npos);
  say("TYPE I");
  prepare_data();
  EXPECT_NE(text_of("STAT").find("TYPE: image"), std::string::npos);
  EXPECT_NE(last_text.find("Ready for a transfer"), std::string::npos);
}

}  // namespace
}  // namespace uvftpd
