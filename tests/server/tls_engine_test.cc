// The engine against OpenSSL's own client: handshakes in any cut, ends of any kind, sessions and their scope,
// certificates. No socket: bytes are carried by hand.
#include "server/tls_engine.h"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>

#include "tests/server/certificates.h"
#include "tests/server/temporary_tree.h"
#include "tests/server/tls_client.h"

namespace uvftpd {
namespace {

using Use = TlsEngine::Use;
using Progress = TlsEngine::Progress;

const KeyPair& own_pair() {
  static const KeyPair kPair = self_signed({"localhost"});
  return kPair;
}

TlsContext context_of(const TlsContext::Demands& demands = {}) {
  std::string trouble;
  TlsContext context(own_pair(), demands, trouble);
  EXPECT_EQ(trouble, "");
  return context;
}

// What each has to say is carried to the other, `cut` bytes at a time.
Progress shake_hands(TlsEngine& engine, TlsClient& client, std::size_t cut = 1 << 20) {
  Progress progress = Progress::wants_input;
  client.go_on();
  for (int round = 0; round < 6 && progress == Progress::wants_input; ++round) {
    std::string bytes = client.take_outgoing();
    for (; !bytes.empty() && progress == Progress::wants_input; bytes.erase(0, cut)) {
      engine.feed(bytes.substr(0, cut));
      progress = engine.handshake();
    }
    client.feed(engine.take_outgoing());
    client.go_on();
  }
  return progress;
}

struct Heard {
  std::string text;
  std::ptrdiff_t end;  // of the last read()
};
Heard hear(TlsEngine& engine, std::string_view bytes) {
  engine.feed(bytes);
  std::array<char, 1000> plain;
  Heard heard{};
  while ((heard.end = engine.read(plain)) > 0)
    heard.text.append(plain.data(), static_cast<std::size_t>(heard.end));
  return heard;
}

// Of both versions.
class TlsEngineTest : public testing::TestWithParam<int> {
 protected:
  TlsClient::Wishes wishes{.version = GetParam()};
  TlsContext context = context_of();
};

std::string version_name(const testing::TestParamInfo<int>& info) {
  return info.param == TLS1_3_VERSION ? "Tls13" : "Tls12";
}
INSTANTIATE_TEST_SUITE_P(Versions, TlsEngineTest, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         version_name);

TEST_P(TlsEngineTest, ShakesHandsByteByByte) {
  TlsEngine engine(context, 1, Use::control_connection);
  TlsClient client(wishes);
  EXPECT_EQ(shake_hands(engine, client, 1), Progress::done);
  EXPECT_EQ(client.state(), TlsClient::State::established);
  EXPECT_EQ(engine.version(), GetParam() == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2");
  EXPECT_FALSE(engine.cipher().empty());
  EXPECT_EQ(engine.client(), "");
  EXPECT_FALSE(engine.is_resumed());
}

TEST_P(TlsEngineTest, CarriesMuchBothWays) {
  TlsEngine engine(context, 1, Use::data_connection);
  TlsClient client(wishes);
  ASSERT_EQ(shake_hands(engine, client), Progress::done);
  const std::string much(1'000'003, 'x');
  ASSERT_TRUE(client.say(much));
  EXPECT_EQ(hear(engine, client.take_outgoing()).text, much);
  engine.write(much);
  while (!engine.outgoing().empty()) {
    const auto part = engine.outgoing().substr(0, 999);
    client.feed(part);
    engine.has_left(part.size());
  }
  client.go_on();
  EXPECT_EQ(client.heard(), much);
}

TEST_P(TlsEngineTest, TellsTheEndFromACut) {
  for (const bool is_orderly : {true, false}) {
    TlsEngine engine(context, 1, Use::data_connection);
    TlsClient client(wishes);
    ASSERT_EQ(shake_hands(engine, client), Progress::done);
    client.say("words");
    if (is_orderly) client.close_notify();
    const Heard heard = hear(engine, client.take_outgoing());
    EXPECT_EQ(heard.text, "words");
    EXPECT_EQ(heard.end, is_orderly ? 0 : -EAGAIN);
  }
}

TEST_P(TlsEngineTest, TakesAFatalAlertForNoEnd) {
  TlsEngine engine(context, 1, Use::data_connection);
  TlsClient client(wishes);
  ASSERT_EQ(shake_hands(engine, client), Progress::done);
  engine.write("to be spoilt");
  std::string spoilt = engine.take_outgoing();
  spoilt.back() = static_cast<char>(spoilt.back() ^ 1);
  client.feed(spoilt);
  client.go_on();
  ASSERT_EQ(client.state(), TlsClient::State::failed);
  EXPECT_EQ(hear(engine, client.take_outgoing()).end, -EPROTO);
  EXPECT_FALSE(engine.trouble().empty());
  EXPECT_EQ(hear(engine, {}).end, -EPROTO);
}

TEST_P(TlsEngineTest, FailsWhereABitIsWrong) {
  TlsEngine engine(context, 1, Use::data_connection);
  TlsClient client(wishes);
  ASSERT_EQ(shake_hands(engine, client), Progress::done);
  client.say("words");
  std::string spoilt = client.take_outgoing();
  spoilt.back() = static_cast<char>(spoilt.back() ^ 1);
  const Heard heard = hear(engine, spoilt);
  EXPECT_EQ(heard.text, "");
  EXPECT_EQ(heard.end, -EPROTO);
}

TEST_P(TlsEngineTest, SaysItsOwnEndOnce) {
  TlsEngine engine(context, 1, Use::data_connection);
  TlsClient client(wishes);
  ASSERT_EQ(shake_hands(engine, client), Progress::done);
  engine.close_notify();
  client.feed(engine.take_outgoing());
  client.go_on();
  EXPECT_EQ(client.state(), TlsClient::State::ended);
  engine.close_notify();
  EXPECT_EQ(engine.take_outgoing(), "");
}

TEST_P(TlsEngineTest, LeavesWhatIsBehindTheEnd) {
  TlsEngine engine(context, 1, Use::control_connection);
  TlsClient client(wishes);
  ASSERT_EQ(shake_hands(engine, client), Progress::done);
  client.close_notify();
  EXPECT_EQ(hear(engine, client.take_outgoing() + "USER alice\r\n").end, 0);
  EXPECT_EQ(engine.take_unread(), "USER alice\r\n");
}

TEST_P(TlsEngineTest, ResumesWithinOneScopeOnly) {
  TlsEngine control(context, 1, Use::control_connection);
  TlsClient client(wishes);
  ASSERT_EQ(shake_hands(control, client), Progress::done);
  const TlsSessionPointer session = client.session();
  wishes.session = session.get();
  for (const TlsSessionScope scope : {1U, 2U}) {
    TlsEngine data(context, scope, Use::data_connection);
    TlsClient again(wishes);
    ASSERT_EQ(shake_hands(data, again), Progress::done) << scope;
    EXPECT_EQ(data.is_resumed(), scope == 1);
    EXPECT_EQ(again.is_resumed(), scope == 1);
  }
}

TEST_P(TlsEngineTest, ResumesNothingWhereReuseIsOff) {
  const TlsContext no_reuse = context_of({.session_reuse = SessionReuse::off});
  TlsEngine control(no_reuse, 1, Use::control_connection);
  TlsClient client(wishes);
  ASSERT_EQ(shake_hands(control, client), Progress::done);
  const TlsSessionPointer session = client.session();
  wishes.session = session.get();
  TlsEngine data(no_reuse, 1, Use::data_connection);
  TlsClient again(wishes);
  EXPECT_EQ(shake_hands(data, again), Progress::done);
  EXPECT_FALSE(data.is_resumed());
}

TEST_P(TlsEngineTest, SpeaksFtpAndNothingElse) {
  wishes.protocol = "ftp";
  TlsEngine engine(context, 1, Use::control_connection);
  TlsClient client(wishes);
  EXPECT_EQ(shake_hands(engine, client), Progress::done);
  wishes.protocol = "http/1.1";
  TlsEngine other(context, 1, Use::control_connection);
  TlsClient web(wishes);
  EXPECT_EQ(shake_hands(other, web), Progress::failed);
  EXPECT_FALSE(other.trouble().empty());
}

TEST_P(TlsEngineTest, AsksForCertificatesAndTellsThemApart) {
  const TemporaryTree tree;
  const Certificates files(tree.root().string());
  files.authority("one");
  files.authority("two");
  files.signed_by("one", "alice", "extendedKeyUsage = clientAuth");
  files.signed_by("two", "mallory", "extendedKeyUsage = clientAuth");
  const TlsContext asking = context_of({.client_ca = files.text("one.crt")});
  const KeyPair alice{files.text("alice.crt"), files.text("alice.key")};
  const KeyPair mallory{files.text("mallory.crt"), files.text("mallory.key")};
  std::string seen;
  for (const KeyPair& shown : {alice, mallory, KeyPair{}}) {
    wishes.certificate = shown;
    TlsEngine engine(asking, 1, Use::control_connection);
    TlsClient client(wishes);
    const bool is_trusted = shown.key == alice.key;
    EXPECT_EQ(shake_hands(engine, client), is_trusted ? Progress::done : Progress::failed);
    if (is_trusted) seen = engine.client();
  }
  EXPECT_EQ(seen.size(), 32U);
}

TEST_P(TlsEngineTest, RefusesTheOlderVersionWhereItIsNotWanted) {
  const TlsContext newest = context_of({.minimum_version = TlsVersion::tls_1_3});
  TlsEngine engine(newest, 1, Use::control_connection);
  TlsClient client(wishes);
  EXPECT_EQ(shake_hands(engine, client), GetParam() == TLS1_3_VERSION ? Progress::done : Progress::failed);
}

TEST(TlsEngine, OffersNoSessionOnDataConnections) {
  const TlsContext context = context_of();
  for (const auto use : {Use::data_connection, Use::control_connection}) {
    TlsEngine engine(context, 1, use);
    TlsClient client;
    client.go_on();
    engine.feed(client.take_outgoing());
    engine.handshake();
    client.feed(engine.take_outgoing());
    client.go_on();
    engine.feed(client.take_outgoing());
    ASSERT_EQ(engine.handshake(), Progress::done);
    EXPECT_EQ(engine.outgoing().empty(), use == Use::data_connection);
    engine.take_outgoing();
    engine.offer_session();
    engine.write("226");
    EXPECT_GT(engine.outgoing().size(), 100U);  // the ticket, which stands before the word
  }
}

TEST(TlsEngine, AnswersARequestForANewHandshakeWithAnAlert) {
  const TlsContext context = context_of();
  TlsEngine engine(context, 1, Use::control_connection);
  TlsClient client({.version = TLS1_2_VERSION});
  ASSERT_EQ(shake_hands(engine, client), Progress::done);
  client.disturb();
  EXPECT_EQ(hear(engine, client.take_outgoing()).end, -EAGAIN);
  EXPECT_FALSE(engine.outgoing().empty());
  EXPECT_LT(engine.outgoing().size(), 100U);
}

TEST(TlsEngine, LivesWithNewKeys) {
  const TlsContext context = context_of();
  TlsEngine engine(context, 1, Use::control_connection);
  TlsClient client;
  ASSERT_EQ(shake_hands(engine, client), Progress::done);
  client.disturb();
  client.say("NOOP");
  EXPECT_EQ(hear(engine, client.take_outgoing()).text, "NOOP");
  engine.write("200");
  client.feed(engine.take_outgoing());
  client.go_on();
  EXPECT_EQ(client.heard(), "200");
}

TEST(TlsEngine, KnowsGarbage) {
  const TlsContext context = context_of();
  for (const std::string garbage : {"USER alice\r\n", "GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01zzzzz"}) {
    TlsEngine engine(context, 1, Use::control_connection);
    engine.feed(garbage);
    EXPECT_EQ(engine.handshake(), Progress::failed) << garbage;
    EXPECT_FALSE(engine.trouble().empty());
  }
}

TEST(TlsContext, OfPartsThatDoNotBelongTogetherIsNone) {
  const KeyPair one = self_signed({"one"}), two = self_signed({"two"});
  const std::array<std::pair<KeyPair, const char*>, 5> kWrong = {{
      {{one.certificate, two.key}, "the key: "},
      {{one.certificate, ""}, "the key: "},
      {{one.certificate, one.certificate}, "the key: "},
      {{"", one.key}, "the certificate: "},
      {{"nothing", one.key}, "the certificate: "},
  }};
  for (const auto& [pair, where] : kWrong) {
    std::string trouble;
    const TlsContext context(pair, {}, trouble);
    EXPECT_FALSE(context);
    EXPECT_TRUE(trouble.starts_with(where)) << trouble;
  }
  std::string trouble;
  EXPECT_FALSE(TlsContext(one, {.client_ca = "nothing"}, trouble));
  EXPECT_TRUE(trouble.starts_with("the authorities of clients: ")) << trouble;
}

TEST(TlsContext, IsSharedByItsCopies) {
  TlsContext copy;
  EXPECT_FALSE(copy);
  {
    const TlsContext made = context_of();
    copy = made;
    const TlsContext& same = copy;
    copy = same;
    EXPECT_EQ(copy.get(), made.get());
  }
  TlsEngine engine(copy, 1, Use::control_connection);
  copy = TlsContext();
  TlsClient client;
  EXPECT_EQ(shake_hands(engine, client), Progress::done);  // its context lives on with it
}

}  // namespace
}  // namespace uvftpd
