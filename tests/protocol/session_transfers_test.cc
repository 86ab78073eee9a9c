// The data connection: prepared by PASV, EPSV, PORT or EPRT, used by one transfer, restarted by REST.
#include "tests/protocol/transcript.h"

namespace uvftpd {
namespace {

class TransfersTest : public SessionTest {
 protected:
  TransfersTest() { log_in(); }
  void connect_over_ipv6() {
    local = socket_address("2001:db8::1", 21);
    peer = socket_address("2001:db8::7", 40000);
    connect();
    log_in();
  }
  void connect_with(SessionSettings::Mode active, SessionSettings::Mode passive) {
    settings.active = active;
    settings.passive = passive;
    connect();
    log_in();
  }
  static constexpr auto kOffered = SessionSettings::Mode::offered,
                        kDisabled = SessionSettings::Mode::disabled;
};

// ---- preparing ----

TEST_F(TransfersTest, AnswersPasvWithSixNumbersInParentheses) {
  EXPECT_EQ(say("PASV"), "listen pasv");
  EXPECT_EQ(listens_at(2000), "227");
  EXPECT_EQ(last_text, "Entering Passive Mode (192,0,2,1,7,208).");
}

TEST_F(TransfersTest, TellsTheAddressThatPasvIsGiven) {
  say("PASV");
  EXPECT_EQ(note(session.listening(socket_address("203.0.113.5", 65535))), "227");
  EXPECT_EQ(last_text, "Entering Passive Mode (203,0,113,5,255,255).");
}

TEST_F(TransfersTest, AnswersEpsvWithThePortAlone) {
  for (const auto* line : {"EPSV", "EPSV 1"}) {
    EXPECT_EQ(say(line), "listen epsv");
    EXPECT_EQ(listens_at(2000), "229");
    EXPECT_EQ(last_text, "Entering Extended Passive Mode (|||2000|).");
  }
}

TEST_F(TransfersTest, SaysSoWhenNoPortIsFree) {
  EXPECT_EQ(say("PASV"), "listen pasv");
  EXPECT_EQ(no_port(), "425");
  EXPECT_EQ(say("EPSV"), "listen epsv");
  EXPECT_EQ(no_port(), "425");
}

TEST_F(TransfersTest, NamesTheProtocolItSupportsWhenEpsvAsksForAnother) {
  for (const auto* line : {"EPSV 2", "EPSV 3", "EPSV 99"}) {
    EXPECT_EQ(say(line), "522") << line;
    EXPECT_TRUE(last_text.ends_with("(1)"));
  }
  connect_over_ipv6();
  EXPECT_EQ(say("EPSV 1"), "522");
  EXPECT_TRUE(last_text.ends_with("(2)"));
  EXPECT_EQ(say("EPSV 2"), "listen epsv");
}

TEST_F(TransfersTest, TakesNothingElseForAProtocol) {
  for (const auto* line : {"EPSV x", "EPSV -1", "EPSV 1 ", "EPSV ALL ALL"})
    EXPECT_EQ(say(line), "501") << line;
}

TEST_F(TransfersTest, HasNoPasvOverIpv6) {
  connect_over_ipv6();
  EXPECT_EQ(say("PASV"), "425");
}

TEST_F(TransfersTest, ConnectsToThePeersOwnPort) {
  EXPECT_EQ(say("PORT 192,0,2,7,7,208"), "connect 192.0.2.7:2000, 200");
  EXPECT_EQ(say("EPRT |1|192.0.2.7|2001|"), "connect 192.0.2.7:2001, 200");
  EXPECT_EQ(say("RETR a"), "retrieve /a");
}

TEST_F(TransfersTest, ConnectsToTheIpv6PeersOwnPort) {
  connect_over_ipv6();
  EXPECT_EQ(say("EPRT |2|2001:DB8:0::7|2000|"), "connect [2001:db8::7]:2000, 200");
  EXPECT_EQ(say("PORT 192,0,2,7,7,208"), "501, report PORT 192.0.2.7:2000 by own-address");
}

TEST_F(TransfersTest, ConnectsToALinkLocalPeerOverItsOwnInterface) {
  connect_over_ipv6();
  peer = socket_address("fe80::7", 40000);
  peer.host.scope = 3;
  connect();
  log_in();
  const Actions actions = session.line_received({"EPRT |2|fe80::7|2000|"});
  EXPECT_EQ(std::get<ConnectForData>(actions.at(0)).peer.host, peer.host);
}

TEST_F(TransfersTest, ConnectsToNobodyElse) {
  EXPECT_EQ(say("PORT 192,0,2,8,7,208"), "501, report PORT 192.0.2.8:2000 by own-address");
  EXPECT_EQ(say("EPRT |1|192.0.2.8|2000|"), "501, report EPRT 192.0.2.8:2000 by own-address");
  EXPECT_EQ(say("RETR a"), "connect 192.0.2.7:40000, retrieve /a");
}

TEST_F(TransfersTest, ConnectsToNoPortBelow1024) {
  EXPECT_EQ(say("PORT 192,0,2,7,3,255"), "504, report PORT 192.0.2.7:1023 by unprivileged-port");
  EXPECT_EQ(say("EPRT |1|192.0.2.7|25|"), "504, report EPRT 192.0.2.7:25 by unprivileged-port");
  EXPECT_EQ(say("PORT 192,0,2,7,4,0"), "connect 192.0.2.7:1024, 200");
}

TEST_F(TransfersTest, RefusesMalformedAddresses) {
  for (const auto* line :
       {"PORT x", "PORT 1,2,3", "PORT 192,0,2,7,7,256", "EPRT x", "EPRT |1|192.0.2.7|2000"})
    EXPECT_EQ(say(line), "501") << line;
}

TEST_F(TransfersTest, NamesTheProtocolItSupportsWhenEprtUsesAnother) {
  for (const auto* line : {"EPRT |3|192.0.2.7|2000|", "EPRT |2|2001:db8::7|2000|"}) {
    EXPECT_EQ(say(line), "522") << line;
    EXPECT_TRUE(last_text.ends_with("(1)"));
    EXPECT_EQ(last_text.find('('), last_text.rfind('('));
  }
}

TEST_F(TransfersTest, AllowsNothingButEpsvAfterEpsvAll) {
  EXPECT_EQ(say("EPSV ALL"), "200");
  for (const auto* line : {"PASV", "PORT 192,0,2,7,7,208", "EPRT |1|192.0.2.7|2000|"})
    EXPECT_EQ(say(line), "501");
  EXPECT_EQ(say("RETR a"), "425");
  EXPECT_EQ(say("EPSV"), "listen epsv");
  EXPECT_EQ(listens_at(), "229");
  EXPECT_EQ(say("RETR a"), "retrieve /a");
}

TEST_F(TransfersTest, OffersNoActiveOnesWhenTheyAreDisabled) {
  connect_with(kDisabled, kOffered);
  for (const auto* line : {"PORT 192,0,2,7,7,208", "EPRT |1|192.0.2.7|2000|"}) EXPECT_EQ(say(line), "502");
  EXPECT_EQ(say("RETR a"), "425");
  EXPECT_EQ(say("PASV"), "listen pasv");
}

TEST_F(TransfersTest, OffersNoPassiveOnesWhenTheyAreDisabled) {
  connect_with(kOffered, kDisabled);
  for (const auto* line : {"PASV", "EPSV", "EPSV ALL"}) EXPECT_EQ(say(line), "502");
  EXPECT_EQ(say("PORT 192,0,2,7,7,208"), "connect 192.0.2.7:2000, 200");
}

// ---- transferring ----

TEST_F(TransfersTest, UsesTheClientsControlPortWhenNothingWasPrepared) {
  EXPECT_EQ(say("RETR a"), "connect 192.0.2.7:40000, retrieve /a");
}

TEST_F(TransfersTest, UsesAPassivePortOnce) {
  prepare_data();
  say("RETR a");
  opened();
  EXPECT_EQ(finished(), "226");
  EXPECT_EQ(say("RETR a"), "connect 192.0.2.7:40000, retrieve /a");
}

TEST_F(TransfersTest, TellsTheBytesToComeWhereTheyAreKnown) {
  prepare_data();
  say("RETR a");
  EXPECT_EQ(opened(1234), "150");
  EXPECT_TRUE(last_text.ends_with("(1234 bytes)."));
  EXPECT_EQ(finished(), "226");
  prepare_data();
  say("LIST");
  EXPECT_EQ(opened(), "150");
  EXPECT_EQ(last_text.find('('), std::string::npos);
}

TEST_F(TransfersTest, PassTheTypeOn) {
  EXPECT_EQ(say("TYPE I"), "200");
  prepare_data();
  EXPECT_EQ(say("RETR a"), "retrieve /a (image)");
}

TEST_F(TransfersTest, ListThePathBehindTheOptions) {
  prepare_data();
  EXPECT_EQ(say("LIST -la /pub"), "list /pub");
  finished();
  prepare_data();
  EXPECT_EQ(say("LIST -a"), "list /");
}

TEST_F(TransfersTest, PassThePathOfNlstOnAsGivenForNamesThatRetrTakes) {
  const std::pair<const char*, const char*> names[] = {
      {"NLST", "names of /"},
      {"NLST pub", "names of /pub (as pub)"},
      {"NLST pub/", "names of /pub (as pub/)"},
      {"NLST /", "names of / (as /)"},
      {"NLST -a ../pub", "names of /pub (as ../pub)"},
  };
  for (const auto& [command, request] : names) {
    prepare_data();
    EXPECT_EQ(say(command), request);
    opened();
    finished();
  }
}

TEST_F(TransfersTest, AnswerByTheirOutcome) {
  const std::pair<TransferResult, const char*> outcomes[] = {
      {{.outcome = Outcome::complete}, "226"},
      {{.outcome = Outcome::aborted}, "426"},
      {{.outcome = Outcome::no_connection}, "425"},
      {{.outcome = Outcome::connection_lost}, "426"},
      {{.outcome = Outcome::stalled}, "426"},
      {{.outcome = Outcome::file_error, .error = EIO}, "451"},
      {{.outcome = Outcome::file_error, .error = ENOSPC}, "552"},
      {{.outcome = Outcome::file_error, .error = EDQUOT}, "552"},
  };
  for (const auto& [result, code] : outcomes) {
    prepare_data();
    say("STOR a");
    EXPECT_EQ(opened(), "150");
    EXPECT_EQ(note(session.transfer_finished(result)), code);
    EXPECT_TRUE(session.is_idle());
  }
}

TEST_F(TransfersTest, AnswerWithoutA150WhenTheFileIsRefused) {
  const std::tuple<const char*, int, const char*> refusals[] = {
      {"RETR a", ENOENT, "550"}, {"RETR a", EISDIR, "550"},  {"STOR a", EEXIST, "553"},
      {"STOR a", ENOSPC, "452"}, {"APPE a", EACCES, "553"},  {"RETR a", EAGAIN, "450"},
      {"LIST a", ENOENT, "550"}, {"NLST a", ENOTDIR, "550"},
  };
  for (const auto& [command, error, code] : refusals) {
    prepare_data();
    say(command);
    EXPECT_EQ(finished(Outcome::refused, error), code) << command;
  }
}

// ---- restart ----

TEST_F(TransfersTest, BeginWhereRestSays) {
  EXPECT_EQ(say("REST 1099511627776"), "350");
  EXPECT_EQ(say("RETR a"), "connect 192.0.2.7:40000, retrieve /a (from 1099511627776)");
  finished();
  EXPECT_EQ(say("RETR a"), "connect 192.0.2.7:40000, retrieve /a");
}

TEST_F(TransfersTest, BeginWhereRestSaysThoughTheDataConnectionIsPreparedInBetween) {
  for (const auto* between :
       {"PASV", "EPSV", "PORT 192,0,2,7,7,208", "EPRT |1|192.0.2.7|2000|", "PORT x", "EPSV 9"}) {
    say("REST 7");
    say(between);
    if (!session.is_idle()) listens_at();
    EXPECT_NE(say("STOR a").find("store /a (from 7)"), std::string::npos) << between;
    finished();
  }
}

TEST_F(TransfersTest, BeginAtZeroWhenAnyOtherCommandCameInBetween) {
  for (const auto* between :
       {"NOOP", "TYPE A", "REST 0", "REST x", "PWD", "XYZZY", "STAT", "ALLO 5", "ABOR"}) {
    say("REST 7");
    say(between);
    EXPECT_EQ(say("RETR a"), "connect 192.0.2.7:40000, retrieve /a") << between;
    finished();
  }
}

TEST_F(TransfersTest, TakeDigitsForAnOffset) {
  for (const auto* line :
       {"REST x", "REST -1", "REST +1", "REST 1.5", "REST 9223372036854775808", "REST 1 2"})
    EXPECT_EQ(say(line), "501") << line;
}

TEST_F(TransfersTest, AppendAfterRestIsAStore) {
  EXPECT_EQ(say("REST 7"), "350");
  EXPECT_EQ(say("APPE a"), "connect 192.0.2.7:40000, store /a (from 7)");
}

// ---- STOU ----

TEST_F(TransfersTest, StoresUnderANameThatTheServerMakes) {
  log_in();
  prepare_data();
  EXPECT_EQ(say("STOU"), "store anew /file");
  EXPECT_EQ(note(session.transfer_opened({{}, "/file.1a2b"})), "150");
  EXPECT_EQ(last_text, "FILE: /file.1a2b");
  EXPECT_EQ(finished(), "226");
  say("CWD up");
  file_done();
  EXPECT_EQ(say("STOU my report"), "connect 192.0.2.7:40000, store anew /up/my report");
}

TEST_F(TransfersTest, StoresUnderANameOfItsOwnFromTheBeginningOnly) {
  log_in();
  say("REST 7");
  EXPECT_EQ(say("STOU"), "connect 192.0.2.7:40000, store anew /file");
}

TEST_F(TransfersTest, StoresUnderANameOfItsOwnWithThePermissionToUpload) {
  log_in({Permissions::reading(), {}, "", "users"});
  EXPECT_EQ(say("STOU"), "553, report STOU /file by users");
  EXPECT_EQ(say("STOU a\x1b"), "553, report STOU a\x1b by name");
}

}  // namespace
}  // namespace uvftpd
