// A data connection over a socket pair, with OpenSSL's own client at its other end: what is cut and what is
// whole, what is waited for, and who may come.
#include "server/data_stream.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "server/socket.h"
#include "tests/server/certificates.h"
#include "tests/server/tls_client.h"

namespace uvftpd {
namespace {

using State = DataStream::State;
using Direction = DataStream::Direction;

// The client's end of the connection: carries what there is, and never waits.
class Peer {
 public:
  explicit Peer(int fd, const TlsClient::Wishes& wishes = {}) : socket_(fd), client_(wishes) {}

  TlsClient& tls() { return client_; }
  void go_on() {
    std::array<char, 64 * 1024> bytes;
    for (ssize_t count = 1; count > 0;) {
      count = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (count > 0) client_.feed({bytes.data(), static_cast<std::size_t>(count)});
    }
    client_.go_on();
    send(client_.take_outgoing());
  }
  void send(const std::string& bytes) {
    EXPECT_EQ(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  void say(std::string_view text) {
    client_.say(text);
    send(client_.take_outgoing());
  }
  void close_notify() {
    client_.close_notify();
    send(client_.take_outgoing());
  }
  void close() { socket_.close(); }

 private:
  Descriptor socket_;
  TlsClient client_;
};

// Also where the kernel is offered the encrypting: one that knows no TLS leaves it here.
class DataStreamTest : public testing::TestWithParam<KernelTls> {
 protected:
  DataStreamTest() {
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    std::string trouble;
    const KeyPair pair = self_signed({"localhost"});
    tls = {TlsContext(pair, {.client_ca = authority, .kernel_tls = GetParam()}, trouble), 1,
           SessionReuse::prefer, UncleanEnd::accept, ""};
    EXPECT_EQ(trouble, "");
  }

  State shake_hands(DataStream& stream, Peer& peer) const {
    State state = State::waits;
    for (int round = 0; round < 6 && state == State::waits; ++round) {
      peer.go_on();
      state = stream.prepare();
    }
    peer.go_on();
    return state;
  }
  static std::ptrdiff_t receive(DataStream& stream, std::string& text) {
    std::array<char, 1000> plain;
    std::ptrdiff_t count = 0;
    while ((count = stream.receive(plain)) > 0) text.append(plain.data(), static_cast<std::size_t>(count));
    return count;
  }

  std::array<int, 2> ends{};
  std::string authority;
  DataTls tls{};
};

INSTANTIATE_TEST_SUITE_P(, DataStreamTest, testing::Values(KernelTls::unused, KernelTls::used),
                         [](const auto& tested) {
                           return tested.param == KernelTls::used ? "KernelOffered" : "KernelUnable";
                         });

TEST_P(DataStreamTest, InTheClearIsTheSocket) {
  DataStream stream(Descriptor{ends[0]}, std::nullopt);
  Peer peer(ends[1]);
  EXPECT_TRUE(stream.is_clear());
  EXPECT_EQ(stream.prepare(), State::ready);
  EXPECT_EQ(stream.awaits(Direction::receiving), Direction::receiving);
  peer.send("words");
  peer.close();
  std::string text;
  EXPECT_EQ(receive(stream, text), 0);
  EXPECT_EQ(text, "words");
  EXPECT_EQ(stream.end(), TlsEnd::none);
  EXPECT_FALSE(stream.is_cut());
  EXPECT_EQ(stream.finish(), 0);
}

TEST_P(DataStreamTest, WaitsForTheHandshake) {
  DataStream stream(Descriptor{ends[0]}, tls);
  Peer peer(ends[1]);
  EXPECT_EQ(stream.prepare(), State::waits);
  EXPECT_EQ(stream.awaits(Direction::sending), Direction::receiving);
  EXPECT_EQ(stream.session(), TlsSession::none);
  EXPECT_EQ(shake_hands(stream, peer), State::ready);
  EXPECT_EQ(stream.session(), TlsSession::anew);
  EXPECT_EQ(stream.awaits(Direction::sending), Direction::sending);
  EXPECT_EQ(stream.awaits(Direction::receiving), Direction::receiving);
  EXPECT_TRUE(stream.take_progress());
  EXPECT_FALSE(stream.take_progress());
}

TEST_P(DataStreamTest, IsNotSecuredByGarbageOrAnEnd) {
  for (const std::string said : {"GET / HTTP/1.1\r\n\r\n", ""}) {
    std::array<int, 2> pair{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
    DataStream stream(Descriptor{pair[0]}, tls);
    Peer peer(pair[1]);
    peer.send(said);
    peer.close();
    EXPECT_EQ(stream.prepare(), State::not_secured);
  }
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_P(DataStreamTest, TellsAnOrderlyEndFromACut) {
  for (const auto accepted : {UncleanEnd::accept, UncleanEnd::refuse}) {
    for (const bool is_orderly : {true, false}) {
      std::array<int, 2> pair{};
      ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
      tls.unclean_end = accepted;
      DataStream stream(Descriptor{pair[0]}, tls);
      Peer peer(pair[1]);
      ASSERT_EQ(shake_hands(stream, peer), State::ready);
      peer.say("words");
      if (is_orderly) peer.close_notify();
      peer.close();
      std::string text;
      EXPECT_EQ(receive(stream, text), 0);
      EXPECT_EQ(text, "words");
      EXPECT_EQ(stream.end(), is_orderly ? TlsEnd::orderly : TlsEnd::cut);
      EXPECT_EQ(stream.is_cut(), !is_orderly && accepted == UncleanEnd::refuse);
    }
  }
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_P(DataStreamTest, IsLostByAResetAlsoBehindBytes) {
  DataStream stream(Descriptor{ends[0]}, tls);
  Peer peer(ends[1]);
  ASSERT_EQ(shake_hands(stream, peer), State::ready);
  ASSERT_EQ(stream.send("not read"), 8);
  peer.say("words");
  peer.close();  // with something unread: a reset
  std::string text;
  EXPECT_EQ(receive(stream, text), -ECONNRESET);
  EXPECT_EQ(text, "words");
  EXPECT_EQ(receive(stream, text), -ECONNRESET);
  EXPECT_EQ(stream.end(), TlsEnd::none);
}

TEST_P(DataStreamTest, IsLostWhereItIsNotTlsAnyMore) {
  DataStream stream(Descriptor{ends[0]}, tls);
  Peer peer(ends[1]);
  ASSERT_EQ(shake_hands(stream, peer), State::ready);
  peer.say("words");
  peer.send("in the clear");
  std::string text;
  EXPECT_EQ(receive(stream, text), -ECONNRESET);
  EXPECT_EQ(text, "words");
  EXPECT_NE(stream.end(), TlsEnd::orderly);
}

TEST_P(DataStreamTest, SendsMuchToAClientThatReadsSlowly) {
  DataStream stream(Descriptor{ends[0]}, tls);
  Peer peer(ends[1]);
  ASSERT_EQ(shake_hands(stream, peer), State::ready);
  const std::string much(3'000'000, 'x');
  std::size_t sent = 0;
  for (int turn = 0; turn < 10'000 && sent < much.size(); ++turn) {
    const auto count = stream.send(std::string_view(much).substr(sent, 100'000));
    if (count > 0) sent += static_cast<std::size_t>(count);
    if (count != -EAGAIN) continue;
    EXPECT_EQ(stream.awaits(Direction::sending), Direction::sending);
    peer.go_on();
  }
  while (stream.finish() == -EAGAIN) peer.go_on();
  peer.go_on();
  EXPECT_TRUE(peer.tls().heard() == much);
  EXPECT_EQ(peer.tls().state(), TlsClient::State::ended);
}

// Before the handshake something lies in the socket that the peer does not read.
TEST_P(DataStreamTest, WaitsForRoomInTheHandshake) {
  const std::string block(1000, 'x');
  std::size_t before = 0;
  while (::send(ends[0], block.data(), block.size(), MSG_NOSIGNAL) > 0) before += block.size();
  DataStream stream(Descriptor{ends[0]}, tls);
  TlsClient client;
  client.go_on();
  const std::string hello = client.take_outgoing();
  ASSERT_EQ(::send(ends[1], hello.data(), hello.size(), 0), static_cast<ssize_t>(hello.size()));
  EXPECT_EQ(stream.prepare(), State::waits);
  EXPECT_EQ(stream.awaits(Direction::sending), Direction::sending);
  std::string nowhere(before, '\0');
  for (std::size_t read = 0; read < before;)
    read += static_cast<std::size_t>(std::max<ssize_t>(::recv(ends[1], nowhere.data(), before - read, 0), 0));
  Peer peer(ends[1]);
  EXPECT_EQ(stream.prepare(), State::waits);
  EXPECT_EQ(stream.awaits(Direction::sending), Direction::receiving);
}

TEST_P(DataStreamTest, IsSentByTheKernelIfThatKnowsTls) {
  const Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size);
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&address), size), 0);
  DataStream stream(Descriptor{::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)},
                    tls);
  Peer peer(client);
  State state = State::waits;
  for (int round = 0; round < 1000 && state == State::waits; ++round) {
    peer.go_on();
    state = stream.prepare();
  }
  ASSERT_EQ(state, State::ready);
  EXPECT_EQ(stream.is_sent_by_kernel(), GetParam() == KernelTls::used && kernel_tls() == KernelTls::used);
  EXPECT_EQ(stream.takes_plain(), stream.is_sent_by_kernel());
  ASSERT_EQ(stream.send("words"), 5);
  EXPECT_EQ(stream.finish(), 0);
  for (int round = 0; round < 1000 && peer.tls().state() != TlsClient::State::ended; ++round) peer.go_on();
  EXPECT_EQ(peer.tls().heard(), "words");
  EXPECT_EQ(peer.tls().state(), TlsClient::State::ended);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_P(DataStreamTest, AnswersWhatItDoesNotGrantAndWaitsForMore) {
  DataStream stream(Descriptor{ends[0]}, tls);
  Peer peer(ends[1], {.version = TLS1_2_VERSION});
  ASSERT_EQ(shake_hands(stream, peer), State::ready);
  peer.tls().disturb();
  peer.go_on();
  std::string text;
  EXPECT_EQ(receive(stream, text), -EAGAIN);
  EXPECT_EQ(stream.awaits(Direction::receiving), Direction::receiving);  // and does not turn in circles
}

TEST_P(DataStreamTest, DemandsTheSessionWhereReuseIsRequired) {
  tls.session_reuse = SessionReuse::require;
  TlsEngine control(tls.context, tls.scope, TlsEngine::Use::control_connection);
  TlsClient first;
  for (int round = 0; round < 3; ++round) {
    first.go_on();
    control.feed(first.take_outgoing());
    control.handshake();
    first.feed(control.take_outgoing());
  }
  first.go_on();
  const TlsSessionPointer session = first.session();
  DataStream stream(Descriptor{ends[0]}, tls);
  Peer peer(ends[1], {.session = session.get()});
  EXPECT_EQ(shake_hands(stream, peer), State::ready);
  EXPECT_EQ(stream.session(), TlsSession::resumed);

  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
  DataStream other(Descriptor{ends[0]}, tls);
  Peer stranger(ends[1]);
  EXPECT_EQ(shake_hands(other, stranger), State::not_resumed);
}

TEST_P(DataStreamTest, TakesNoOtherCertificateThanTheControlConnections) {
  tls.client = "another's digest";
  DataStream stream(Descriptor{ends[0]}, tls);
  Peer peer(ends[1]);
  EXPECT_EQ(shake_hands(stream, peer), State::not_secured);
}

}  // namespace
}  // namespace uvftpd
