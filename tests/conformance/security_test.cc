// Lines 83 to 94: the security considerations of RFC 2577, as far as a stranger on the net can see them.
// The attacks reach only sockets of this program.
#include <chrono>
#include <set>
#include <vector>

#include "client.h"
#include "line.h"
#include "options.h"
#include "place.h"

namespace conformance {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

const char* const kWrong = "PASS certainly-wrong-5071";

SHOULD(83, "RFC 2577 §3", PortsBelow1024Are504) {
  Client client;
  client.log_in();
  const Address low = client.control().local().with_port(80);
  EXPECT_EQ(client.command(port_command(low)).code, 504);
  const std::string line = eprt_command(low);
  const Reply extended = client.command(line);
  if (!client.is_unknown(line, extended)) {
    EXPECT_EQ(extended.code, 504) << extended;
  }
}

SHOULD(84, "RFC 2577 §3", PortToAnotherAddressIsRefused) {
  Place place;
  place.write("file", "content");
  for (const bool extended : {false, true}) {
    Client client = place.client();
    const Socket victim = Socket::listen(Address("127.0.0.3", 0));
    const Reply answer =
        client.command(extended ? eprt_command(victim.local()) : port_command(victim.local()));
    if (answer.is_refusal()) continue;
    client.send("RETR file");
    EXPECT_FALSE(victim.has_caller(1s)) << "the server connects to a third party";
  }
}

// What the server sends before it closes the connection, or resets it.
std::string what_comes(Socket& connection) {
  std::string result;
  while (true) {
    if (!connection.is_readable(options().patience)) return result + "(and it stays open)";
    try {
      const std::string more = connection.read_some();
      if (more.empty()) return result;
      result += more;
    } catch (const Mishap&) {
      return result;
    }
  }
}

SHOULD(85, "RFC 2577 §8", ADataConnectionFromAnotherAddressIsClosed) {
  if (!server_address().host().starts_with("127.")) throw NotShown("needs a second address of this machine");
  Place place;
  place.write("file", "content");
  Client client = place.client();
  const Address passive =
      client.control().peer().with_port(port_of_passive_reply(client.demand("PASV", 227)));
  std::optional<Socket> stranger;
  try {
    stranger = Socket::connect(passive, Address("127.0.0.9", 0));
  } catch (const Mishap&) {
    // refused: better still
  }
  client.send("RETR file");
  if (stranger) {
    EXPECT_EQ(what_comes(*stranger), "");
    stranger->close();
  }
  std::optional<Reply> answer;
  try {
    answer = client.final_reply();
  } catch (const Mishap&) {
    // It still waits for its own client, who must then be served.
    EXPECT_EQ(Socket::connect(passive).read_to_end(), "content");
    return;
  }
  EXPECT_EQ(answer->code, 425) << *answer;
}

SHOULD(86, "RFC 2577 §5", AFewWrongPasswordsEndTheConnectionWith421) {
  Client client;
  Reply last;
  for (int tries = 0; tries < 5 && last.code != 421; ++tries) {
    client.command("USER " + options().user);
    last = client.command(kWrong);
    if (last.code != 421 && !client.is_silent(100ms)) {
      try {
        last = client.reply();
      } catch (const Mishap&) {
        break;
      }
    }
  }
  EXPECT_EQ(last.code, 421) << last;
  EXPECT_TRUE(client.is_closed());
}

SHOULD(87, "RFC 2577 §5", AWrongPasswordIsAnsweredLateAndNobodyElseWaits) {
  Client other;
  Client client;
  client.demand("USER " + options().user, 331);
  const auto start = Clock::now();
  client.send(kWrong);
  other.command("NOOP");
  EXPECT_TRUE(client.is_silent(0ms)) << "another session waits for it";
  EXPECT_EQ(client.reply().code, 530);
  EXPECT_GE(Clock::now() - start, 300ms) << "without a delay";
}

// Connects until it is refused; how many were taken before, or `most`.
std::size_t count_of_connections_until_refused(std::size_t most) {
  std::vector<Client> clients;
  while (clients.size() < most) {
    try {
      clients.emplace_back();
    } catch (const Mishap&) {
      break;
    }
    if (clients.back().greeting().code == 421) break;
  }
  return clients.size();
}

void wait_until_connections_are_taken_again() {
  const auto deadline = Clock::now() + options().patience;
  while (Clock::now() < deadline) {
    try {
      Client client;
      if (client.greeting().code == 220) return;
      client.is_closed();
    } catch (const Mishap&) {
    }
  }
  FAIL() << "no connection is taken after all were closed";
}

SHOULD(88, "RFC 2577 §5", ConnectionsOfOneAddressAreLimited) {
  constexpr std::size_t kMany = 300;
  EXPECT_LT(count_of_connections_until_refused(kMany), kMany) << "all were taken";
  wait_until_connections_are_taken_again();
}

SHOULD(89, "RFC 2577 §7", UserTellsNothingOfWhetherTheAccountExists) {
  const std::string unknown = "nobody-by-that-name";
  Client first;
  std::string real = first.command("USER " + options().user).text();
  Client second;
  std::string invented = second.command("USER " + unknown).text();
  EXPECT_TRUE(invented.starts_with("331")) << invented;
  for (std::size_t at; (at = invented.find(unknown)) != std::string::npos;)
    invented.replace(at, unknown.size(), options().user);
  EXPECT_EQ(real, invented);
  EXPECT_EQ(first.command(kWrong).text(), second.command(kWrong).text());
}

SHOULD(90, "RFC 2577 §8", PassivePortsAreUnpredictable) {
  Client client;
  client.log_in();
  std::set<int> steps;
  int last = 0;
  constexpr std::size_t kTries = 12;
  for (std::size_t i = 0; i < kTries; ++i) {
    const int port = port_of_passive_reply(client.demand("PASV", 227));
    if (i > 0) steps.insert(port - last);
    last = port;
  }
  EXPECT_GE(steps.size(), kTries / 2) << "the same steps again and again";
}

SHOULD(91, "RFC 2577 §5", PasswordsAreNotLogged) {
  server_log();
  Client client;
  client.log_in();
  client.command("QUIT");
  Client other;
  other.command("USER " + options().user);
  other.command(kWrong);
  const std::string text = server_log();
  EXPECT_NE(text.find(options().user), std::string::npos) << "nothing at all is logged";
  EXPECT_EQ(text.find(options().password), std::string::npos);
  EXPECT_EQ(text.find(kWrong + 5), std::string::npos);
}

SHOULD(92, "RFC 2577 §4", TheAddressAloneIsNoLogin) {
  Client client;
  EXPECT_NE(client.command("USER " + options().user).code, 230);
  EXPECT_TRUE(client.command("PASS").is_refusal()) << "an empty password is taken";
  EXPECT_TRUE(client.command("PWD").is_refusal());
}

SHOULD(93, "RFC 2577 §5 (practice)", RootCannotLogIn) {
  Client client;
  const Reply answer = client.command("USER root");
  if (answer.code == 331) throw NotShown("a refusal after a wrong password proves nothing");
  EXPECT_EQ(answer.code, 530) << answer;
}

SHOULD(94, "RFC 2577 §6 (practice)", AnonymousUploadsAreNotReadableAndLinksDoNotLeadOut) {
  Client client = anonymous_client();
  const std::string name = "incoming/" + std::to_string(Clock::now().time_since_epoch().count());
  if (client.upload("STOR " + name, "content").closing.is_completion()) {
    EXPECT_EQ(client.download("RETR " + name).data, "") << "an upload is readable";
    Client owner;
    owner.log_in();
    owner.command("DELE " + name);
  }
  Place place;
  std::filesystem::create_symlink("/etc/passwd", place.on_disk("way-out"));
  Client inside = place.client();
  EXPECT_EQ(inside.download("RETR way-out").data, "") << "a link leads out of the tree";
}

}  // namespace
}  // namespace conformance
