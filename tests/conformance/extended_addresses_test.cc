// Lines 77 to 82: EPRT and EPSV (RFC 2428), over IPv4, and over IPv6 where the server is reached that way.
// They speak of addresses only; what is transferred is a few bytes.
#include <regex>

#include "client.h"
#include "line.h"
#include "place.h"

namespace conformance {
namespace {

void ExpectATransferAfterEprt(Client& client, char delimiter) {
  const Socket listener = Socket::listen(client.control().local().with_port(0));
  const Reply answer = client.optional(eprt_command(listener.local(), delimiter));
  ASSERT_EQ(answer.code, 200) << delimiter << ": " << answer;
  client.send("RETR file");
  EXPECT_EQ(listener.accept().read_to_end(), "content") << delimiter;
  EXPECT_TRUE(client.final_reply().is_completion());
}

MUST(77, "RFC 2428 §2", EprtTakesAnyDelimiterAndBothProtocols) {
  Place place;
  place.write("file", "content");
  Client client = place.client();
  for (const char delimiter : {'|', '!', '~', '#'}) ExpectATransferAfterEprt(client, delimiter);
  try {
    Client over_ipv6 = ipv6_client();
    place.enter(over_ipv6);
    ExpectATransferAfterEprt(over_ipv6, '|');
  } catch (const NotShown&) {
    // What IPv4 shows stands.
  }
}

MUST(78, "RFC 2428 §2", EprtWithAnotherProtocolIs522WithTheSupportedOnes) {
  Client client;
  client.log_in();
  const Reply answer = client.optional("EPRT |3|127.0.0.1|2000|");
  EXPECT_EQ(answer.code, 522) << answer;
  EXPECT_TRUE(std::regex_match(answer.text(), std::regex("522[^()]*\\([0-9]+(,[0-9]+)*\\)[^()0-9]*")))
      << answer;
}

MUST(79, "RFC 2428 §3", EpsvAnswers229WithThePortOnly) {
  Client client;
  client.log_in();
  const Reply answer = client.optional("EPSV");
  EXPECT_TRUE(std::regex_match(answer.text(), std::regex(R"(229[^()]*\(([!-~])\1\1\d+\1\)[^()]*)")))
      << answer;
}

MUST(80, "RFC 2428 §3", EpsvTakesAFamilyOrAnswers522) {
  Place place;
  place.write("file", "content");
  Client client = place.client();
  const Reply own = client.optional("EPSV 1");
  ASSERT_EQ(own.code, 229) << own;
  Socket data = Socket::connect(client.control().peer().with_port(port_of_passive_reply(own)));
  ASSERT_TRUE(client.command("RETR file").is_preliminary());
  EXPECT_EQ(data.read_to_end(), "content");
  EXPECT_TRUE(client.reply().is_completion());
  const Reply other = client.command("EPSV 2");
  EXPECT_TRUE(other.code == 229 || other.code == 522) << other;
  const Reply unknown = client.command("EPSV 9");
  EXPECT_EQ(unknown.code, 522) << unknown;
}

MUST(81, "RFC 2428 §4", BehindEpsvAllOnlyEpsvIsTaken) {
  Place place;
  place.write("file", "content");
  Client client = place.client();
  const Reply answer = client.optional("EPSV ALL");
  ASSERT_TRUE(answer.is_completion()) << answer;
  const Socket listener = Socket::listen(client.control().local().with_port(0));
  const std::string lines[] = {"PASV", port_command(listener.local()), eprt_command(listener.local())};
  for (const std::string& line : lines) EXPECT_TRUE(client.command(line).is_refusal()) << line;
  Socket data =
      Socket::connect(client.control().peer().with_port(port_of_passive_reply(client.demand("EPSV", 229))));
  EXPECT_TRUE(client.command("RETR file").is_preliminary());
  EXPECT_EQ(data.read_to_end(), "content");
}

SHOULD(82, "RFC 2428 §1; RFC 959 §4.1.2, PASV", PasvIsRefusedOverIpv6) {
  Client client = ipv6_client();
  client.log_in();
  const Reply answer = client.command("PASV");
  EXPECT_TRUE(answer.is_refusal()) << answer;
}

}  // namespace
}  // namespace conformance
