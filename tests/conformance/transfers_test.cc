// Lines 8 to 15, 23 and 24: data connections and what happens during a transfer (RFC 959).
// A transfer is held by reading nothing of a file larger than the buffers in between; nothing sleeps for
// luck.
#include <regex>

#include "client.h"
#include "held_transfer.h"
#include "line.h"
#include "place.h"

namespace conformance {
namespace {

MUST(8, "RFC 959 §3.2, §3.3", TheServerConnectsFromThePortBelowTheControlPortAndByDefaultToTheClientsOwn) {
  Place place;
  place.write("file", "content");
  Client client = place.client();
  const Socket listener = client.active();
  client.send("RETR file");
  EXPECT_EQ(listener.accept().peer().port(), client.control().peer().port() - 1);
  client.final_reply();

  // A port that is bound first is nobody else's; one that connect() chooses may be, and not to be listened
  // at.
  Client second(client.control().peer(), Address(client.control().local().host(), 0));
  place.enter(second);
  const Socket own_port = Socket::listen(second.control().local());
  second.send("RETR file");
  EXPECT_EQ(own_port.accept().read_to_end(), "content") << "without PORT";
  EXPECT_TRUE(second.final_reply().is_completion());
}

MUST(9, "RFC 959 §3.2", TheServerClosesTheDataConnectionWhenItMust) {
  Place place;
  place.write_big("big");
  Client client = place.client();
  {
    HeldTransfer held(client);
    client.send("ABOR");
    EXPECT_TRUE(held.data.ends()) << "at ABOR";
    client.final_reply();
    client.final_reply();
  }
  Socket idle = client.passive();
  const Socket listener = client.active();
  EXPECT_TRUE(idle.ends()) << "when PORT takes the place of PASV";
  Socket data = client.passive();
  client.command("STOR new");
  client.control().close();
  EXPECT_TRUE(data.ends()) << "when the control connection closes";
}

MUST(10, "RFC 959 §3.4.1", TheEndOfTheFileIsTheEndOfTheDataConnection) {
  Place place;
  const std::string content(300'000, 'x');
  place.write("file", content);
  Client client = place.client();
  client.demand("TYPE I", 200);
  EXPECT_EQ(client.download("RETR file").data, content);
  const Transfer upload = client.upload("STOR copy", content);
  EXPECT_TRUE(upload.closing.is_completion()) << upload.closing;
  EXPECT_EQ(place.read("copy"), content);
}

MUST(11, "RFC 959 §4.1.1, QUIT", QuitLetsTheTransferFinish) {
  Place place;
  place.write_big("big");
  Client client = place.client();
  HeldTransfer held(client);
  client.send("QUIT");
  EXPECT_EQ(held.data.read_to_end().size(), Place::kBigSize);
  EXPECT_TRUE(client.reply().is_completion());
  EXPECT_EQ(client.reply().code, 221);
  EXPECT_TRUE(client.is_closed());
}

MUST(12, "RFC 959 §4.1.1, QUIT; §3.2", LosingTheControlConnectionAbortsTheTransfer) {
  Place place;
  Client client = place.client();
  Socket data = client.passive();
  ASSERT_TRUE(client.command("STOR new").is_preliminary());
  data.write("the beginning");
  client.control().close();
  EXPECT_TRUE(data.ends());
}

MUST(13, "RFC 959 §4.1.3, ABOR", AborEndsATransferWith426And226) {
  Place place;
  place.write_big("big");
  Client client = place.client();
  const Reply idle = client.command("ABOR");
  EXPECT_TRUE(idle.code == 225 || idle.code == 226) << "with no transfer: " << idle;
  HeldTransfer held(client);
  send_synch(client);
  client.send("ABOR");
  EXPECT_TRUE(held.data.ends());
  EXPECT_EQ(client.reply().code, 426);
  EXPECT_EQ(client.reply().code, 226);
}

MUST(14, "RFC 959 §4.1.3, STAT", StatIsAnsweredDuringATransfer) {
  Place place;
  place.write_big("big");
  Client client = place.client();
  HeldTransfer held(client);
  send_synch(client);
  const Reply status = client.command("STAT");
  EXPECT_TRUE(status.code == 211 || status.code == 213) << status;
  EXPECT_EQ(held.data.read_to_end().size(), Place::kBigSize);
  EXPECT_TRUE(client.reply().is_completion());
}

MUST(15, "RFC 959 §4.1.3, STAT; §5.4", StatOfAPathListsItOverTheControlConnection) {
  Place place;
  place.write("file", "");
  Client client = place.client();
  const Reply listing = client.command("STAT .");
  EXPECT_TRUE(listing.code == 212 || listing.code == 213) << listing;
  EXPECT_NE(listing.text().find("file"), std::string::npos) << listing;
  const Reply missing = client.command("STAT missing");
  EXPECT_EQ(missing.code, 450) << missing;
}

void ExpectThatStouTouchesNothing(Place& place, Client& client) {
  Socket data = client.passive();
  const Reply opening = client.command("STOU");
  if (client.is_unknown("STOU", opening)) return;  // line 53 is about that
  ASSERT_TRUE(opening.is_preliminary()) << opening;
  data.write("unique");
  data.close();
  EXPECT_TRUE(client.reply().is_completion());
  EXPECT_EQ(place.read("file"), "new") << "STOU";
}

MUST(23, "RFC 959 §4.1.3, STOR, APPE and STOU", StorReplacesAppeAppendsAndStouSpares) {
  Place place;
  place.write("file", "something longer");
  Client client = place.client();
  EXPECT_TRUE(client.upload("STOR file", "new").closing.is_completion());
  EXPECT_EQ(place.read("file"), "new") << "STOR";
  EXPECT_TRUE(client.upload("APPE log", "one,").closing.is_completion());
  EXPECT_TRUE(client.upload("APPE log", "two").closing.is_completion());
  EXPECT_EQ(place.read("log"), "one,two") << "APPE";
  ExpectThatStouTouchesNothing(place, client);
}

MUST(24, "RFC 959 §4.1.3, LIST and NLST", NamesComeOneALineAndLinesEndInCrlfInAnyType) {
  Place place;
  place.write("one", "");
  place.write("two", "");
  Client client = place.client();
  for (const char* type : {"TYPE A", "TYPE I"}) {
    client.demand(type, 200);
    const std::string names = client.name_list();
    EXPECT_TRUE(names == "one\r\ntwo\r\n" || names == "two\r\none\r\n") << type << ": " << names;
    const std::string listing = client.download("LIST").data;
    EXPECT_TRUE(std::regex_match(listing, std::regex("([^\r\n]+\r\n)+"))) << type << ": " << listing;
  }
}

}  // namespace
}  // namespace conformance
