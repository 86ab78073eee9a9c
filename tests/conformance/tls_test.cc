// Lines 123 to 140: FTP under TLS (RFC 4217, with RFC 2228), of a server that announces AUTH TLS.
// What a policy forbids is shown only where the server has that policy.
#include <chrono>

#include "features.h"
#include "held_transfer.h"
#include "line.h"
#include "options.h"
#include "place.h"

namespace conformance {
namespace {

using namespace std::chrono_literals;

const char* const kGarbage = "GET / HTTP/1.1\r\n\r\n";

Client secured_client(const Tls::Wishes& wishes = {}) {
  Client client;
  client.secure(wishes);
  return client;
}

// Secured, logged in, with protected data, in the place.
void enter_secured(Client& client, const Place& place, const Tls::Wishes& wishes = {}) {
  client.secure(wishes);
  place.enter(client);
  client.protect_data();
}

Transfer secured_transfer(Client& client, Socket data, const std::string& line,
                          const std::string* upload = nullptr) {
  Transfer result;
  result.opening = result.closing = client.command(line);
  if (!result.opening.is_preliminary()) return result;
  data.secure({.resumed = client.control().tls()});
  if (upload != nullptr) {
    data.write(*upload);
    data.close_notify();
    data.close();
  } else {
    result.data = data.read_to_end();
  }
  result.closing = client.reply();
  return result;
}
Transfer secured_download(Client& client, const std::string& line) {
  return secured_transfer(client, client.passive(), line);
}

MUST(123, "RFC 4217 §4", AuthTlsIsAnswered234AndTheHandshakeFollows) {
  Client client;
  client.secure();
  EXPECT_EQ(client.command("NOOP").code, 200);
  Client lower;
  EXPECT_EQ(lower.command("auth tls").code, 234);
  lower.control().secure();
  EXPECT_EQ(lower.command("NOOP").code, 200);
  Client other;
  EXPECT_EQ(other.command("AUTH XYZZY").code, 504);
}

MUST(124, "RFC 4217 §12; CVE-2011-0411", WhatCameInTheClearBehindAuthIsThrownAway) {
  Client client;
  client.optional("AUTH XYZZY");
  client.control().write("AUTH TLS\r\nNOOP\r\nPWD\r\n");
  const Reply answer = client.reply();
  if (answer.code != 234) throw NotOffered("no TLS: " + answer.text());
  try {
    client.control().secure();
  } catch (const Mishap&) {
    return;  // taken for a handshake that is none: as good
  }
  client.send("SYST");
  EXPECT_EQ(client.reply().code, 215) << "what was injected is answered";
  EXPECT_TRUE(client.is_silent(200ms));
}

MUST(125, "RFC 4217 §4", AuthVoidsTheLogin) {
  Client client;
  client.log_in();
  const Reply answer = client.optional("AUTH TLS");
  if (answer.code == 503 || answer.code == 534) return;  // refused behind a login, so nothing is left of it
  ASSERT_EQ(answer.code, 234) << answer;
  client.control().secure();
  EXPECT_EQ(client.command("PWD").code, 530);
  client.log_in();
  EXPECT_EQ(client.command("PWD").code, 257);
}

MUST(126, "RFC 4217 §8, §9; RFC 2228 §3", AuthStandsBeforePbszAndPbszBeforeProt) {
  secured_client();
  Client clear;
  EXPECT_EQ(clear.command("PBSZ 0").code, 503);
  EXPECT_EQ(clear.command("PROT P").code, 503);
  Client client = secured_client();
  client.log_in();
  EXPECT_EQ(client.command("PROT P").code, 503);
  EXPECT_EQ(client.command("PBSZ 0").code, 200);
  const Reply size = client.command("PBSZ 4096");
  EXPECT_EQ(size.code, 200);
  EXPECT_NE(size.text().find("PBSZ=0"), std::string::npos) << size;
  for (const char* line : {"PBSZ x", "PBSZ 4294967296"}) EXPECT_EQ(client.command(line).code, 501) << line;
}

MUST(127, "RFC 4217 §9; RFC 2228 §3", ProtKnowsItsLevelsAndBeginsWithClear) {
  Place place;
  place.write("file", "content");
  Client client;
  client.secure();
  place.enter(client);
  client.demand("PBSZ 0", 200);
  const Reply clear = client.command("PROT C");
  if (clear.code == 200) {
    EXPECT_EQ(client.download("RETR file").data, "content");
  } else {
    EXPECT_EQ(clear.code, 534) << clear;
  }
  EXPECT_EQ(client.command("PROT P").code, 200);
  for (const char* line : {"PROT S", "PROT E"}) EXPECT_EQ(client.command(line).code, 536) << line;
  EXPECT_EQ(client.command("PROT X").code, 504);
}

MUST(128, "RFC 4217 §9", TheLevelOfProtectionHoldsUntilTheNextProt) {
  Place place;
  place.write("file", "content");
  Client client;
  enter_secured(client, place);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(secured_download(client, "RETR file").data, "content");
  if (client.command("PROT C").code != 200) return;
  EXPECT_EQ(client.download("RETR file").data, "content");
}

SHOULD(129, "RFC 4217 §10.2", DataInTheClearIsRefusedAtTheTransferAndNotBefore) {
  Place place;
  place.write("file", "content");
  Client client;
  client.secure();
  place.enter(client);
  const Socket data = client.passive();
  const Reply answer = client.command("RETR file");
  if (answer.is_preliminary()) throw NotShown("data in the clear is allowed");
  EXPECT_EQ(answer.code, 521) << answer;
}

MUST(130, "RFC 4217 §7", TheServerIsTheTlsServerInActiveModeToo) {
  Place place;
  place.write("file", "content");
  Client client;
  enter_secured(client, place);
  const Socket listener = client.active();
  client.send("RETR file");
  Socket data = listener.accept();
  EXPECT_TRUE(client.reply().is_preliminary());
  data.secure({.resumed = client.control().tls()});
  EXPECT_EQ(data.read_to_end(), "content");
  EXPECT_TRUE(client.reply().is_completion());
}

SHOULD(131, "RFC 4217 §10.2", ADataHandshakeThatFailsIs522) {
  Place place;
  place.write("file", "content");
  Client client;
  enter_secured(client, place);
  Socket data = client.passive();
  client.send("RETR file");
  Reply answer = client.reply();
  data.write(kGarbage);
  if (answer.is_preliminary()) answer = client.reply();
  EXPECT_EQ(answer.code, 522) << answer;
  EXPECT_TRUE(data.ends());
  EXPECT_EQ(secured_download(client, "RETR file").data, "content") << "and the session goes on";
}

MUST(132, "RFC 4217 §10.2, §13", NoSessionIsDemandedBehindRein) {
  Place place;
  place.write("file", "content");
  Client client;
  enter_secured(client, place);
  if (client.command("REIN").code != 220) throw NotOffered("no REIN");
  client.control().close_notify();
  while (!client.control().tls()->is_ended()) client.control().read_some();
  client.control().expose();
  enter_secured(client, place);
  const Transfer fresh = secured_download(client, "RETR file");
  EXPECT_EQ(fresh.data, "content");
  EXPECT_TRUE(fresh.closing.is_completion()) << fresh.closing;
}

SHOULD(133, "RFC 4217 §10.1", AControlHandshakeThatFailsEndsTheConnection) {
  Client client;
  if (client.optional("AUTH TLS").code != 234) throw NotOffered("no TLS");
  client.control().write(kGarbage);
  if (!client.is_silent(options().patience)) {
    try {
      EXPECT_EQ(client.reply().code, 421);
    } catch (const Mishap&) {
      // closed, or an alert of TLS: as good
    }
  }
  EXPECT_TRUE(client.is_closed());
  Client half;
  half.demand("AUTH TLS", 234);
  half.control().write(std::string("\x16\x03\x01\x00\x08", 5) + "nonsense");
  EXPECT_TRUE(half.is_closed());
}

MUST(134, "RFC 4217 §13", TheReplyToReinIsProtectedAndThenTlsEnds) {
  Client client = secured_client();
  if (client.command("REIN").code != 220) throw NotOffered("no REIN");
  EXPECT_EQ(client.control().read_some(), "") << "more than the reply";
  EXPECT_TRUE(client.control().tls()->is_ended());
  client.control().close_notify();
  client.control().expose();
  EXPECT_EQ(client.command("NOOP").code, 200);
}

SHOULD(135, "RFC 4217 §12", StatAndAborAreHeardInATransferUnderTls) {
  Place place;
  place.write_big("big");
  Client client;
  enter_secured(client, place);
  client.demand("TYPE I", 200);
  Socket data = client.passive(kSmallBuffer);
  EXPECT_TRUE(client.command("RETR big").is_preliminary());
  data.secure({.resumed = client.control().tls()});
  const Reply status = client.command("STAT");
  EXPECT_TRUE(status.code == 211 || status.code == 213) << status;
  EXPECT_EQ(client.command("ABOR").code, 426);
  EXPECT_EQ(client.reply().code, 226);
}

MUST(136, "RFC 4217 §6", FeatListsAuthPbszAndProt) {
  Client client;
  const Features features(client);
  if (client.optional("AUTH XYZZY").code == 530) throw NotOffered("no TLS");
  EXPECT_NE(features.line("AUTH").find("TLS"), std::string::npos) << features.line("AUTH");
  EXPECT_TRUE(features.has("PBSZ"));
  EXPECT_TRUE(features.has("PROT"));
}

SHOULD(137, "RFC 4217 §11", UserIsRefusedWhereTlsIsRequiredBeforeThePasswordIsSent) {
  secured_client();
  Client client;
  const Reply answer = client.command("USER " + options().user);
  if (answer.code == 331) throw NotShown("a login in the clear is allowed");
  EXPECT_TRUE(answer.code == 530 || answer.code == 534) << answer;
}

SHOULD(138, "RFC 4217 §5", CccIsRefusedWith534UnlessItIsOffered) {
  Client client = secured_client();
  const bool is_offered = Features(client).has("CCC");
  const Reply before_login = client.command("CCC");
  EXPECT_TRUE(before_login.is_refusal()) << before_login;
  client.log_in();
  if (is_offered) throw NotShown("CCC is offered");
  const Reply answer = client.command("CCC");
  EXPECT_EQ(answer.code, 534) << answer;
}

SHOULD(139, "RFC 4217 §15.1", CertificatesOfControlAndDataBelongTogether) {
  secured_client();
  throw NotShown("needs a server that asks for certificates");
}

SHOULD(140, "RFC 4217 §12.4; RFC 7301", DataEndsWithCloseNotifyAndNoOtherProtocolIsSpoken) {
  Place place;
  place.write("file", "content");
  Client client;
  enter_secured(client, place, {.protocol = "ftp"});
  Socket data = client.passive();
  client.send("RETR file");
  EXPECT_TRUE(client.reply().is_preliminary());
  data.secure({.resumed = client.control().tls()});
  while (!data.tls()->is_ended()) data.read_some();  // a cut is a Mishap
  data.close_notify();
  data.close();
  EXPECT_TRUE(client.reply().is_completion());
  EXPECT_THROW(secured_client({.protocol = "http/1.1"}), Mishap);
  Client web = secured_client();
  web.control().write(kGarbage);
  EXPECT_TRUE(web.is_closed());
}

}  // namespace
}  // namespace conformance
