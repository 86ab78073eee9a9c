// From 220 to 230 and back: USER, PASS, REIN, QUIT, the limits, and what a new login drops.
#include "tests/protocol/transcript.h"

namespace uvftpd {
namespace {

using LoginTest = SessionTest;

TEST_F(LoginTest, GreetsWithTheBanner) {
  EXPECT_EQ(last_text, "Welcome.");
  EXPECT_TRUE(session.is_idle());
  EXPECT_FALSE(session.is_logged_in());
}

TEST_F(LoginTest, TakesAUserAndAPassword) {
  EXPECT_EQ(say("user alice"), "331");
  EXPECT_EQ(session.user(), "alice");
  EXPECT_EQ(say("PASS  se cret "), "check alice  se cret ");
  EXPECT_FALSE(session.is_logged_in());
  EXPECT_EQ(password_is_right(), "230");
  EXPECT_TRUE(session.is_logged_in());
}

TEST_F(LoginTest, PassesAnEmptyPasswordOn) {
  EXPECT_EQ(say("USER anonymous"), "331");
  EXPECT_EQ(say("PASS"), "check anonymous ");
}

TEST_F(LoginTest, SaysTheSameToEveryUserName) {
  say("USER alice");
  const std::string text = last_text;
  EXPECT_EQ(say("USER no one"), "331");
  EXPECT_EQ(last_text, text);
}

TEST_F(LoginTest, TakesNoPasswordWithoutAUser) {
  EXPECT_EQ(say("PASS secret"), "503");
  log_in();
  EXPECT_EQ(say("PASS secret"), "503");
}

TEST_F(LoginTest, TakesAPasswordDirectlyAfterTheUserOnly) {
  for (const auto* between : {"NOOP", "XYZZY", "HELP", "USER"}) {
    EXPECT_EQ(say("USER alice"), "331");
    say(between);
    EXPECT_EQ(say("PASS secret"), "503") << between;
  }
}

TEST_F(LoginTest, TakesNoPasswordTwice) {
  EXPECT_EQ(say("USER alice"), "331");
  EXPECT_EQ(say("PASS wrong"), "check alice wrong");
  EXPECT_EQ(password_is_wrong(), "530");
  EXPECT_EQ(say("PASS secret"), "503");
}

TEST_F(LoginTest, HearsNothingWhileThePasswordIsChecked) {
  say("USER alice");
  say("PASS secret");
  EXPECT_FALSE(session.is_idle());
  for (const auto* line : {"NOOP", "ABOR", "STAT", "QUIT"}) EXPECT_EQ(say(line), "must wait");
  EXPECT_EQ(wait_in_line("ABOR"), "");
}

TEST_F(LoginTest, RefusesFilesBeforeIt) {
  for (const auto* line : {"RETR a", "LIST", "PWD", "PASV", "TYPE I", "STAT"})
    EXPECT_EQ(say(line), "530") << line;
}

TEST_F(LoginTest, ClosesAfterThreeWrongPasswords) {
  for (int i = 0; i < 2; ++i) {
    say("USER alice");
    say("PASS wrong");
    EXPECT_EQ(password_is_wrong(), "530");
  }
  say("USER bob");
  say("PASS wrong");
  EXPECT_EQ(password_is_wrong(), "421, close");
  EXPECT_EQ(say("NOOP"), "must wait");
}

TEST_F(LoginTest, ClosesAfterAsManyWrongPasswordsAsConfigured) {
  settings.login_failures = 1;
  say("USER alice");
  say("PASS wrong");
  EXPECT_EQ(password_is_wrong(), "421, close");
}

TEST_F(LoginTest, CountsWrongPasswordsAcrossRein) {
  settings.login_failures = 2;
  say("USER alice");
  say("PASS wrong");
  password_is_wrong();
  say("REIN");
  say("USER alice");
  say("PASS wrong");
  EXPECT_EQ(password_is_wrong(), "421, close");
}

TEST_F(LoginTest, CountsWrongPasswordsAcrossALoginThatWorks) {
  settings.login_failures = 2;
  say("USER alice");
  say("PASS wrong");
  password_is_wrong();
  log_in();
  say("USER bob");
  say("PASS wrong");
  EXPECT_EQ(password_is_wrong(), "421, close");
}

TEST_F(LoginTest, ByUserDropsTheRightsOfTheOldOne) {
  log_in();
  EXPECT_EQ(say("USER bob"), "331");
  EXPECT_FALSE(session.is_logged_in());
  EXPECT_EQ(session.user(), "bob");
  EXPECT_EQ(say("DELE a"), "530");
  EXPECT_EQ(say("USER bob"), "331");
  EXPECT_EQ(say("PASS secret"), "check bob secret");
  EXPECT_EQ(password_is_right({Permissions::reading(), {}, "", "users"}), "230");
  EXPECT_EQ(say("DELE a"), "550, report DELE /a by users");
}

// What both verbs that end a login must undo.
class EndOfLoginTest : public LoginTest, public testing::WithParamInterface<const char*> {
 protected:
  void end_login_and_begin_another(const std::string& expected) {
    EXPECT_EQ(say(GetParam()), expected);
    log_in();
  }
  std::string without_data() const { return GetParam() == std::string("REIN") ? "220" : "331"; }
  std::string with_data() const { return "forget, " + without_data(); }
};
INSTANTIATE_TEST_SUITE_P(By, EndOfLoginTest, testing::Values("USER bob", "REIN"),
                         [](const auto& verb) { return std::string(verb.param, 4); });

TEST_P(EndOfLoginTest, DropsTheCurrentDirectory) {
  log_in();
  say("CWD pub");
  file_done();
  end_login_and_begin_another(without_data());
  EXPECT_EQ(say("PWD"), "257");
  EXPECT_EQ(last_text, "\"/\" is the current directory.");
}

TEST_P(EndOfLoginTest, DropsTheType) {
  log_in();
  say("TYPE I");
  end_login_and_begin_another(without_data());
  EXPECT_EQ(say("SIZE a"), "ascii size of /a");
}

TEST_P(EndOfLoginTest, DropsThePreparedDataConnection) {
  log_in();
  prepare_data();
  end_login_and_begin_another(with_data());
  EXPECT_EQ(say("RETR a"), "connect 192.0.2.7:40000, retrieve /a");
}

TEST_P(EndOfLoginTest, DropsARenameAndARestart) {
  log_in();
  say("RNFR a");
  file_done();
  EXPECT_EQ(say(GetParam()), without_data());
  log_in();
  EXPECT_EQ(say("RNTO b"), "503");
  say("REST 7");
  EXPECT_EQ(say(GetParam()), without_data());
  log_in();
  EXPECT_EQ(say("RETR a"), "connect 192.0.2.7:40000, retrieve /a");
}

TEST_P(EndOfLoginTest, WaitsForARunningTransfer) {
  start_retrieve();
  EXPECT_EQ(say(GetParam()), "must wait");
  EXPECT_EQ(finished(), "226");
  EXPECT_EQ(say(GetParam()), without_data());
}

TEST_F(LoginTest, IsForgottenByRein) {
  log_in();
  EXPECT_EQ(say("REIN"), "220");
  EXPECT_EQ(last_text, "Welcome.");
  EXPECT_EQ(session.user(), "");
  EXPECT_FALSE(session.is_logged_in());
  EXPECT_EQ(say("PASS secret"), "503");
  EXPECT_EQ(say("PWD"), "530");
}

TEST_F(LoginTest, IsNotNeededToQuit) { EXPECT_EQ(say("QUIT"), "221, close"); }

TEST_F(LoginTest, ThatTakesTooLongCloses) {
  say("USER alice");
  EXPECT_EQ(note(session.login_expired()), "421, close");
}

TEST_F(LoginTest, ThatTakesTooLongWhileThePasswordIsCheckedStaysClosed) {
  say("USER alice");
  say("PASS secret");
  EXPECT_EQ(note(session.login_expired()), "421, close");
  EXPECT_EQ(password_is_right(), "");
  EXPECT_FALSE(session.is_logged_in());
  EXPECT_EQ(say("NOOP"), "must wait");
}

TEST_F(LoginTest, ClosesWhenTooManyPasswordsAreBeingChecked) {
  say("USER alice");
  say("PASS secret");
  EXPECT_EQ(note(session.login_not_now("Later.")), "421, close");
  EXPECT_EQ(say("NOOP"), "must wait");
}

TEST_F(LoginTest, ClosesToAClientOfAnotherProtocolAndToALineWithoutEnd) {
  for (const Line& line : {Line{"GET / HTTP/1.1"}, Line{"POST /x HTTP/1.0"}, Line{"SSH-2.0-OpenSSH_9.2"},
                           Line{"", Line::Fault::tls_hello}, Line{"", Line::Fault::endless}}) {
    connect();
    EXPECT_EQ(note(session.line_received(line)), "421, close") << line.text.view();
    EXPECT_EQ(say("NOOP"), "must wait");
  }
}

TEST_F(LoginTest, ClosesAfterTenLinesThatAreNoCommands) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(say("XYZZY"), "500");
  EXPECT_EQ(say("XYZZY"), "421, close");
}

TEST_F(LoginTest, ClosesAfterFiftyLinesThatAreNoCommandsBehindIt) {
  log_in();
  for (int i = 0; i < 25; ++i) {
    EXPECT_EQ(say("XYZZY"), "500");
    EXPECT_EQ(note(session.line_received({"", Line::Fault::too_long})), "500");
    EXPECT_EQ(say("NOOP"), "200");
  }
  EXPECT_EQ(note(session.line_received({"", Line::Fault::forbidden_byte})), "421, close");
}

TEST_F(LoginTest, SaysWhyItClosesAnIdleSession) {
  log_in();
  EXPECT_EQ(note(session.idle_expired()), "421, close");
  EXPECT_EQ(note(session.idle_expired()), "");
  EXPECT_EQ(note(session.service_closing()), "");
}

}  // namespace
}  // namespace uvftpd
