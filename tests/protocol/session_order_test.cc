// The order of events: what is heard in mid-transfer, where ABOR's reply stands, when a session may close.
#include "tests/protocol/transcript.h"

namespace uvftpd {
namespace {

using OrderTest = SessionTest;

// ---- what is heard, and what waits ----

TEST_F(OrderTest, LetsEverythingButStatWaitForTheTransfer) {
  start_retrieve();
  for (const Verb& verb : all_verbs())
    EXPECT_EQ(session.accepts({std::string(verb.name)}), verb.name == "STAT");
  for (const auto* line : {"XYZZY", "", "NOOP", "QUIT"}) EXPECT_FALSE(session.accepts({line})) << line;
  EXPECT_TRUE(session.accepts({"stat"}));
  EXPECT_FALSE(session.accepts({"STAT pub"}));
}

TEST_F(OrderTest, LetsALineThatIsNoCommandWaitToo) {
  start_retrieve();
  EXPECT_FALSE(session.accepts({"", Line::Fault::too_long}));
  EXPECT_FALSE(session.accepts({"", Line::Fault::forbidden_byte}));
}

TEST_F(OrderTest, DoesNothingForAWaitingLineOtherThanAbor) {
  start_retrieve();
  for (const auto* line : {"NOOP", "QUIT", "RETR b", "USER bob", "XYZZY", ""})
    EXPECT_EQ(wait_in_line(line), "");
  EXPECT_EQ(finished(), "226");
}

TEST_F(OrderTest, AnswersStatInMidTransferWithItsProgress) {
  start_retrieve();
  session.progressed(4711);
  EXPECT_EQ(say("STAT"), "211");
  EXPECT_NE(last_text.find("4711 bytes"), std::string::npos);
  EXPECT_TRUE(session.is_at_work());
  EXPECT_EQ(finished(), "226");
}

TEST_F(OrderTest, ForgetsTheProgressOfAnEarlierTransfer) {
  start_retrieve();
  session.progressed(4711);
  finished();
  say("RETR b");
  say("STAT");
  EXPECT_NE(last_text.find(" 0 bytes"), std::string::npos);
}

TEST_F(OrderTest, LetsEveryLineWaitForAnAnswerOfTheServers) {
  log_in();
  say("CWD pub");
  for (const auto* line : {"NOOP", "STAT", "ABOR", "QUIT"}) EXPECT_FALSE(session.accepts({line})) << line;
  EXPECT_EQ(wait_in_line("ABOR"), "");
  EXPECT_EQ(file_done(), "250");
  EXPECT_EQ(say("ABOR"), "225");
}

TEST_F(OrderTest, KnowsTheLineAfterWhichAClientMayCloseItsSide) {
  EXPECT_TRUE(Session::is_farewell({"quit"}));
  EXPECT_FALSE(Session::is_farewell({"NOOP"}));
}

TEST_F(OrderTest, QuitsAfterTheTransfer) {
  start_retrieve();
  EXPECT_EQ(wait_in_line("QUIT"), "");
  EXPECT_EQ(finished(), "226");
  EXPECT_EQ(say("QUIT"), "221, close");
  EXPECT_EQ(say("NOOP"), "must wait");
}

// ---- ABOR ----

TEST_F(OrderTest, AnswersAborTwiceInMidTransfer) {
  start_retrieve();
  EXPECT_EQ(wait_in_line("ABOR"), "abort");
  EXPECT_EQ(finished(Outcome::aborted), "426");
  EXPECT_EQ(say("ABOR"), "226");
}

TEST_F(OrderTest, AbortsInAnyCase) {
  start_retrieve();
  EXPECT_EQ(wait_in_line("abor"), "abort");
}

TEST_F(OrderTest, AnswersAborTwiceThoughTheTransferEndedByItself) {
  start_retrieve();
  EXPECT_EQ(wait_in_line("ABOR"), "abort");
  EXPECT_EQ(finished(Outcome::complete), "226");
  EXPECT_EQ(say("ABOR"), "226");
}

TEST_F(OrderTest, AbortsOnceHoweverOftenTheLineIsSaidToWait) {
  start_retrieve();
  EXPECT_EQ(wait_in_line("ABOR"), "abort");
  EXPECT_EQ(still_waits("ABOR"), "");
  EXPECT_EQ(finished(Outcome::aborted), "426");
  EXPECT_EQ(say("ABOR"), "226");
}

TEST_F(OrderTest, AbortsAtOnceThoughLinesWaitBeforeIt) {
  start_retrieve();
  EXPECT_EQ(wait_in_line("PWD"), "");
  EXPECT_EQ(wait_in_line("ABOR"), "abort");
  EXPECT_EQ(finished(Outcome::aborted), "426");
  EXPECT_EQ(say("PWD"), "257");
  EXPECT_EQ(say("ABOR"), "226");
}

TEST_F(OrderTest, HasNothingToAbortForASecondAbor) {
  start_retrieve();
  EXPECT_EQ(wait_in_line("ABOR"), "abort");
  EXPECT_EQ(wait_in_line("ABOR"), "");
  EXPECT_EQ(finished(Outcome::aborted), "426");
  EXPECT_EQ(say("ABOR"), "226");
  EXPECT_EQ(say("ABOR"), "225");
}

TEST_F(OrderTest, AbortsNoTransferThatWaitedBeforeTheAbor) {
  start_retrieve();
  EXPECT_EQ(wait_in_line("RETR b"), "");
  EXPECT_EQ(wait_in_line("ABOR"), "abort");
  EXPECT_EQ(finished(Outcome::aborted), "426");
  EXPECT_EQ(say("RETR b"), "connect 192.0.2.7:40000, retrieve /b");
  EXPECT_EQ(opened(), "150");
  EXPECT_EQ(still_waits("ABOR"), "");
  EXPECT_EQ(finished(), "226");
  EXPECT_EQ(say("ABOR"), "226");
}

TEST_F(OrderTest, AbortsTheTransferThatWaitedByASecondAbor) {
  start_retrieve();
  wait_in_line("RETR b");
  EXPECT_EQ(wait_in_line("ABOR"), "abort");
  EXPECT_EQ(finished(Outcome::aborted), "426");
  say("RETR b");
  EXPECT_EQ(opened(), "150");
  EXPECT_EQ(wait_in_line("ABOR"), "abort");
  EXPECT_EQ(finished(Outcome::aborted), "426");
  EXPECT_EQ(say("ABOR"), "226");
  EXPECT_EQ(say("ABOR"), "226");
}

TEST_F(OrderTest, AbortsNoTransferThatFollowsTheAbor) {
  start_retrieve();
  wait_in_line("ABOR");
  finished(Outcome::aborted);
  say("ABOR");
  say("RETR b");
  EXPECT_EQ(opened(), "150");
  EXPECT_EQ(wait_in_line("NOOP"), "");
  EXPECT_EQ(finished(), "226");
}

TEST_F(OrderTest, AbortsALaterTransferByALaterAbor) {
  start_retrieve();
  wait_in_line("ABOR");
  finished(Outcome::aborted);
  say("ABOR");
  say("RETR b");
  EXPECT_EQ(wait_in_line("ABOR"), "abort");
  EXPECT_EQ(finished(Outcome::aborted), "426");
  EXPECT_EQ(say("ABOR"), "226");
}

TEST_F(OrderTest, AbortsATransferThatIsNotOpenYet) {
  log_in();
  say("RETR a");
  EXPECT_EQ(wait_in_line("ABOR"), "abort");
  EXPECT_EQ(finished(Outcome::refused, ENOENT), "550");
  EXPECT_EQ(say("ABOR"), "226");
}

TEST_F(OrderTest, AbortsNothingForAnAborWithAnArgument) {
  start_retrieve();
  EXPECT_EQ(wait_in_line("ABOR now"), "");
  EXPECT_EQ(finished(), "226");
  EXPECT_EQ(say("ABOR now"), "501");
  say("RETR b");
  EXPECT_EQ(wait_in_line("ABOR"), "abort");
}

TEST_F(OrderTest, AnswersAnAborThatWaitedBehindTheEndOfTheLogin) {
  for (const auto* end : {"REIN", "USER bob"}) {
    connect();
    start_retrieve();
    EXPECT_EQ(wait_in_line(end), "");
    EXPECT_EQ(wait_in_line("ABOR"), "abort");
    EXPECT_EQ(finished(Outcome::aborted), "426");
    say(end);
    EXPECT_EQ(say("ABOR"), "226");
    log_in();
    say("RETR b");
    EXPECT_EQ(wait_in_line("ABOR"), "abort");
  }
}

TEST_F(OrderTest, ForgetsThePreparedDataConnectionAtAnAborWithoutATransfer) {
  log_in();
  prepare_data();
  EXPECT_EQ(say("ABOR"), "forget, 225");
  EXPECT_EQ(say("ABOR"), "225");
  EXPECT_EQ(say("RETR a"), "connect 192.0.2.7:40000, retrieve /a");
}

TEST_F(OrderTest, HearsStatAfterAnAbor) {
  start_retrieve();
  EXPECT_EQ(wait_in_line("ABOR"), "abort");
  EXPECT_EQ(say("STAT"), "211");
  EXPECT_EQ(finished(Outcome::aborted), "426");
  EXPECT_EQ(say("ABOR"), "226");
}

// ---- the service closes ----

TEST_F(OrderTest, ClosesAnIdleSessionAtOnce) {
  EXPECT_EQ(note(session.service_closing()), "421, close");
  EXPECT_EQ(note(session.service_closing()), "");
}

TEST_F(OrderTest, ClosesAfterThePasswordIsChecked) {
  say("USER alice");
  say("PASS secret");
  EXPECT_EQ(note(session.service_closing()), "");
  EXPECT_EQ(password_is_right(), "230, 421, close");
}

TEST_F(OrderTest, ClosesOnceThoughThePasswordWasTheLastAllowed) {
  settings.login_failures = 1;
  say("USER alice");
  say("PASS wrong");
  EXPECT_EQ(note(session.service_closing()), "");
  EXPECT_EQ(password_is_wrong(), "421, close");
}

TEST_F(OrderTest, ClosesAfterTheFileIsDone) {
  log_in();
  say("DELE a");
  EXPECT_EQ(note(session.service_closing()), "");
  EXPECT_EQ(file_done(), "250, 421, close");
}

TEST_F(OrderTest, ClosesAfterAPassivePortIsFound) {
  log_in();
  say("PASV");
  EXPECT_EQ(note(session.service_closing()), "");
  EXPECT_EQ(listens_at(), "227, 421, close");
}

TEST_F(OrderTest, ClosesAfterTheTransfer) {
  start_retrieve();
  EXPECT_EQ(note(session.service_closing()), "");
  EXPECT_EQ(say("STAT"), "211");
  EXPECT_EQ(finished(), "226, 421, close");
  EXPECT_EQ(say("NOOP"), "must wait");
}

TEST_F(OrderTest, ClosesSoonerWhenTheTransferIsAborted) {
  start_retrieve();
  note(session.service_closing());
  EXPECT_EQ(wait_in_line("ABOR"), "abort");
  EXPECT_EQ(finished(Outcome::aborted), "426, 421, close");
}

TEST_F(OrderTest, ClosesAfterATransferThatIsRefused) {
  log_in();
  say("RETR a");
  note(session.service_closing());
  EXPECT_EQ(finished(Outcome::refused, ENOENT), "550, 421, close");
}

TEST_F(OrderTest, SaysNothingOnceItIsClosedWhateverIsAnsweredLate) {
  log_in();
  say("DELE a");
  EXPECT_EQ(note(session.idle_expired()), "421, close");
  EXPECT_EQ(file_done(), "");
  EXPECT_EQ(password_is_right(), "");
  EXPECT_EQ(listens_at(), "");
  EXPECT_EQ(opened(), "");
  EXPECT_EQ(finished(), "");
  EXPECT_EQ(note(session.service_closing()), "");
  EXPECT_EQ(say("NOOP"), "must wait");
}

}  // namespace
}  // namespace uvftpd
