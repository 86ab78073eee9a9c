// TLS as the Session sees it (RFC 4217): the order of AUTH, PBSZ and PROT, what each policy asks for, and
// what a handshake leaves behind.
#include "tests/protocol/transcript.h"

namespace uvftpd {
namespace {

class SessionTlsTest : public SessionTest {
 protected:
  SessionTlsTest() { offer(TlsPolicy::allow, TlsPolicy::allow); }
  void offer(TlsPolicy users, TlsPolicy anonymous) {
    settings.tls = users;
    settings.anonymous_tls = anonymous;
    connect();
  }
  void secure() {
    ASSERT_EQ(say("AUTH TLS"), "234, secure");
    ASSERT_EQ(handshake(Handshake::done), "");
  }
  void protect_data() {
    ASSERT_EQ(say("PBSZ 0"), "200");
    ASSERT_EQ(say("PROT P"), "200");
  }
};

TEST_F(SessionTlsTest, IsNotOfferedWhereItIsOff) {
  offer(TlsPolicy::off, TlsPolicy::off);
  for (const auto* line : {"AUTH TLS", "PBSZ 0", "PROT P", "CCC"}) EXPECT_EQ(say(line), "502") << line;
  EXPECT_EQ(say("FEAT"), "211");
  EXPECT_EQ(last_text.find("AUTH"), std::string::npos);
  EXPECT_EQ(say("HELP"), "214");
  EXPECT_EQ(last_text.find("PROT"), std::string::npos);
}

TEST_F(SessionTlsTest, IsAFeature) {
  EXPECT_EQ(say("FEAT"), "211");
  for (const auto* feature : {" AUTH TLS\n", " PBSZ\n", " PROT\n"})
    EXPECT_NE(last_text.find(feature), std::string::npos) << feature;
}

TEST_F(SessionTlsTest, BeginsWithEachNameThatClientsHaveForIt) {
  for (const auto* line : {"AUTH TLS", "auth tls-c", "AUTH SSL", "AUTH Tls"}) {
    connect();
    EXPECT_EQ(say(line), "234, secure") << line;
  }
  connect();
  for (const auto* line : {"AUTH GSSAPI", "AUTH TLS-P", "AUTH TLS "}) EXPECT_EQ(say(line), "504") << line;
}

TEST_F(SessionTlsTest, TakesNoCommandUntilTheHandshakeIsDone) {
  say("AUTH TLS");
  EXPECT_EQ(say("USER alice"), "must wait");
  EXPECT_EQ(handshake(Handshake::done), "");
  EXPECT_EQ(say("USER alice"), "331");
  EXPECT_EQ(say("AUTH TLS"), "503");
}

TEST_F(SessionTlsTest, VoidsTheLogin) {
  log_in();
  prepare_data();
  EXPECT_EQ(say("AUTH TLS"), "forget, 234, secure");
  handshake(Handshake::done);
  EXPECT_EQ(say("PWD"), "530");
  EXPECT_FALSE(session.is_logged_in());
}

TEST_F(SessionTlsTest, EndsTheSessionWhereTheHandshakeFails) {
  say("AUTH TLS");
  EXPECT_EQ(handshake(Handshake::failed), "close");
  connect();
  say("AUTH TLS");
  EXPECT_EQ(handshake(Handshake::not_begun), "421, close");
}

TEST_F(SessionTlsTest, GreetsBehindTheHandshakeWhereItIsImplicit) {
  session = Session(settings, local, peer, TlsStart::implicitly);
  EXPECT_EQ(note(session.connected()), "secure");
  EXPECT_EQ(handshake(Handshake::done), "220");
  EXPECT_EQ(say("PBSZ 0"), "200");
  EXPECT_EQ(say("AUTH TLS"), "503");
  EXPECT_EQ(say("REIN"), "220");  // and TLS stays
  EXPECT_EQ(say("PROT P"), "503");
  session = Session(settings, local, peer, TlsStart::implicitly);
  note(session.connected());
  EXPECT_EQ(handshake(Handshake::not_begun), "close");
}

TEST_F(SessionTlsTest, WantsAuthBeforePbszAndPbszBeforeProt) {
  EXPECT_EQ(say("PBSZ 0"), "503");
  EXPECT_EQ(say("PROT P"), "503");
  secure();
  EXPECT_EQ(say("PROT P"), "503");
  EXPECT_EQ(say("PBSZ 0"), "200");
  EXPECT_EQ(last_text, "PBSZ=0");
  EXPECT_EQ(say("PROT P"), "200");
}

TEST_F(SessionTlsTest, AnswersAnyBufferSizeWithNone) {
  secure();
  EXPECT_EQ(say("PBSZ 4294967295"), "200");
  EXPECT_EQ(last_text, "PBSZ=0");
  for (const auto* line : {"PBSZ 4294967296", "PBSZ -1", "PBSZ x"}) EXPECT_EQ(say(line), "501") << line;
}

TEST_F(SessionTlsTest, KnowsTwoLevelsOfFour) {
  secure();
  say("PBSZ 0");
  for (const auto* line : {"PROT S", "PROT e"}) EXPECT_EQ(say(line), "536") << line;
  EXPECT_EQ(say("PROT X"), "504");
  EXPECT_EQ(say("PROT c"), "200");
}

TEST_F(SessionTlsTest, ProtectsDataFromProtPToProtC) {
  secure();
  log_in();
  EXPECT_EQ(say("RETR a"), "connect 192.0.2.7:40000, retrieve /a");
  finished();
  protect_data();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(say("RETR a"), "connect 192.0.2.7:40000, retrieve /a (tls)");
    finished();
  }
  EXPECT_EQ(say("PROT C"), "200");
  EXPECT_EQ(say("LIST"), "connect 192.0.2.7:40000, list /");
}

TEST_F(SessionTlsTest, KeepsTheLevelOverALogin) {
  secure();
  protect_data();
  log_in();
  EXPECT_EQ(say("LIST"), "connect 192.0.2.7:40000, list / (tls)");
}

TEST_F(SessionTlsTest, EndsWithRein) {
  secure();
  protect_data();
  log_in();
  EXPECT_EQ(say("REIN"), "220, expose");
  EXPECT_EQ(say("PBSZ 0"), "503");
  EXPECT_EQ(say("PROT P"), "503");
  secure();
  EXPECT_EQ(say("PROT P"), "503");
  log_in();
  EXPECT_EQ(say("LIST"), "connect 192.0.2.7:40000, list /");
}

TEST_F(SessionTlsTest, DoesNotClearTheControlConnection) {
  EXPECT_EQ(say("CCC"), "533");
  secure();
  EXPECT_EQ(say("CCC"), "534");
  log_in();
  EXPECT_EQ(say("CCC"), "534");
}

TEST_F(SessionTlsTest, RefusesAUserInTheClearBeforeThePassword) {
  offer(TlsPolicy::require_login, TlsPolicy::allow);
  EXPECT_EQ(say("USER alice"), "530, report USER  by tls.mode");
  EXPECT_EQ(say("PASS secret"), "503");
  EXPECT_EQ(say("USER anonymous"), "331");
  secure();
  log_in();
  EXPECT_EQ(say("LIST"), "connect 192.0.2.7:40000, list /");
}

TEST_F(SessionTlsTest, RefusesAnonymousBySettingsOfItsOwn) {
  offer(TlsPolicy::allow, TlsPolicy::require_login);
  EXPECT_EQ(say("USER FTP"), "530, report USER  by anonymous.tls");
  EXPECT_EQ(say("USER alice"), "331");
  offer(TlsPolicy::require_data, TlsPolicy::off);
  EXPECT_EQ(say("USER ftp"), "331");
  secure();
  EXPECT_EQ(say("USER ftp"), "530, report USER  by anonymous.tls");
}

TEST_F(SessionTlsTest, RefusesATransferInTheClearBeforeItIsOpened) {
  offer(TlsPolicy::require_data, TlsPolicy::allow);
  secure();
  log_in();
  prepare_data();
  for (const auto* verb : {"RETR", "STOR", "APPE", "LIST", "NLST", "MLSD"})
    EXPECT_EQ(say(verb + std::string(" a")), "521, report " + std::string(verb) + " /a by tls.mode");
  protect_data();
  EXPECT_EQ(say("PROT C"), "534, report PROT  by tls.mode");
  EXPECT_EQ(say("RETR a"), "retrieve /a (tls)");
}

TEST_F(SessionTlsTest, TellsWhyProtectedDataWasNotTaken) {
  secure();
  log_in();
  protect_data();
  for (const auto& [outcome, answer] :
       {std::pair(Outcome::not_secured, "522"), std::pair(Outcome::not_resumed, "522"),
        std::pair(Outcome::cut, "426")}) {
    say("STOR a");
    opened();
    EXPECT_EQ(finished(outcome), answer);
  }
}

TEST_F(SessionTlsTest, EndsWithTheServiceInAHandshake) {
  say("AUTH TLS");
  note(session.service_closing());
  EXPECT_EQ(handshake(Handshake::done), "421, close");
}

TEST_F(SessionTlsTest, IsToldByStat) {
  secure();
  log_in();
  say("STAT");
  EXPECT_NE(last_text.find("TLS, but not for data"), std::string::npos);
  protect_data();
  say("STAT");
  EXPECT_NE(last_text.find("TLS, also for data"), std::string::npos);
}

}  // namespace
}  // namespace uvftpd
