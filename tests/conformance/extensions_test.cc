// Lines 102 to 110: MDTM, SIZE, REST STREAM and TVFS (RFC 3659, sections 2 to 6).
// Not offered is what FEAT does not list and the server does not know.
#include <unistd.h>

#include <regex>

#include "client.h"
#include "features.h"
#include "line.h"
#include "place.h"

namespace conformance {
namespace {

MUST(102, "RFC 3659 §2.3", TimesAreUtc) {
  Place place;
  place.write("file", "");
  place.set_time("file");
  Client client = place.client();
  const Reply answer = client.optional("MDTM file");
  EXPECT_TRUE(
      std::regex_match(answer.text(), std::regex(std::string("213 ") + Place::kTime + "(\\.[0-9]+)?")))
      << answer;
}

MUST(103, "RFC 3659 §3.1, §3.3", MdtmAnswers213AndTheTimeOnly) {
  Place place;
  place.write("file", "");
  Client client = place.client();
  const Reply answer = client.optional("MDTM file");
  EXPECT_TRUE(std::regex_match(answer.text(), std::regex("213 [0-9]{14}(\\.[0-9]+)?"))) << answer;
  EXPECT_EQ(client.command("MDTM missing").code, 550);
  EXPECT_TRUE(Features(client).has("MDTM"));
}

MUST(104, "RFC 3659 §4.1, §4.3", SizeIsTheExactCountForTheType) {
  Place place;
  place.write("file", "a\nb\n");
  Client client = place.client();
  client.demand("TYPE I", 200);
  const Reply image = client.optional("SIZE file");
  EXPECT_EQ(image.text(), "213 4");
  client.demand("TYPE A", 200);
  const Reply ascii = client.command("SIZE file");
  const std::string sent = client.download("RETR file").data;
  EXPECT_TRUE(ascii.code == 550 || ascii.text() == "213 " + std::to_string(sent.size()))
      << "in TYPE A: " << ascii;
  EXPECT_EQ(client.command("SIZE missing").code, 550);
  EXPECT_TRUE(Features(client).has("SIZE"));
}

void ExpectThatOnlySizeIsTold(Client& client, const std::string& name) {
  client.demand("TYPE I", 200);
  const Reply size = client.optional("SIZE " + name);
  EXPECT_TRUE(size.text() == "213 6" || size.code == 550) << size;
  const Transfer transfer = client.download("RETR " + name);
  EXPECT_EQ(transfer.opening.code, 550) << transfer.opening;
}

MUST(105, "RFC 3659 §4.2", SizePromisesNothingAboutRetr) {
  if (geteuid() != 0) {
    Place place;
    place.write("file", "secret");
    std::filesystem::permissions(place.on_disk("file"), std::filesystem::perms::none);
    Client client = place.client();
    return ExpectThatOnlySizeIsTold(client, "file");
  }
  // The server may be root, who reads every file; then what anonymous users left is unreadable to them.
  Client client = anonymous_client();
  const std::string name = "incoming/conformance-" + std::to_string(getpid());
  if (!client.upload("STOR " + name, "secret").closing.is_completion())
    throw NotShown("root may read every file");
  ExpectThatOnlySizeIsTold(client, name);
  Client owner;
  owner.log_in();
  owner.command("DELE " + name);
}

MUST(106, "RFC 3659 §5.3; RFC 1123 §4.1.3.4", RestTakesDigitsAndTheTransferReportsTheRange) {
  Place place;
  place.write("file", "short");
  Client client = place.client();
  client.demand("TYPE I", 200);
  const Reply answer = client.optional("REST 1000");
  EXPECT_EQ(answer.code, 350) << answer;
  const Transfer transfer = client.download("RETR file");
  EXPECT_EQ(transfer.closing.code, 554) << transfer.closing;
  for (const char* line : {"REST x", "REST -1", "REST 1x"}) EXPECT_EQ(client.command(line).code, 501) << line;
}

MUST(107, "RFC 3659 §5.3", RestHoldsForOneTransferAndRest0DisablesIt) {
  Place place;
  place.write("file", "abcdef");
  Client client = place.client();
  client.demand("TYPE I", 200);
  Socket data = client.passive();
  const Reply answer = client.optional("REST 4");
  client.command("RETR file");
  EXPECT_EQ(data.read_to_end(), "ef");
  EXPECT_TRUE(client.reply().is_completion());
  EXPECT_EQ(client.download("RETR file").data, "abcdef") << "REST holds on";
  Socket again = client.passive();
  client.demand("REST 4", 350);
  client.demand("REST 0", 350);
  client.command("RETR file");
  EXPECT_EQ(again.read_to_end(), "abcdef") << "REST 0 does not disable";
}

Reply upload_behind_rest(Client& client, const std::string& line, const std::string& bytes) {
  Socket data = client.passive();
  client.demand("REST 3", 350);
  const Reply opening = client.command(line);
  if (!opening.is_preliminary()) return opening;
  data.write(bytes);
  data.close();
  return client.reply();
}

MUST(108, "RFC 3659 §5.3", StorBehindRestGoesOnWhereItSays) {
  Place place;
  place.write("file", "abc");
  place.write("other", "abc");
  Client client = place.client();
  client.demand("TYPE I", 200);
  client.optional("REST 0");
  EXPECT_TRUE(upload_behind_rest(client, "STOR file", "def").is_completion());
  EXPECT_EQ(place.read("file"), "abcdef");
  if (upload_behind_rest(client, "APPE other", "def").is_completion()) {
    EXPECT_EQ(place.read("other"), "abcdef") << "APPE behind REST is not as STOR";
  }
}

MUST(109, "RFC 3659 §5.4", RestStreamIsAFeatureExactlyWhenItWorks) {
  Place place;
  place.write("file", "abcdef");
  Client client = place.client();
  client.demand("TYPE I", 200);
  const bool is_told = Features(client).has("REST STREAM");
  Socket data = client.passive();
  const bool is_taken = client.command("REST 4").code == 350;
  EXPECT_EQ(is_told, is_taken);
  if (!is_taken) return;
  client.command("RETR file");
  EXPECT_EQ(data.read_to_end(), "ef");
}

MUST(110, "RFC 3659 §6", TvfsMeansATreeOfSlashes) {
  Place place;
  place.make_directory("a");
  Client client = place.client();
  if (!Features(client).has("TVFS")) throw NotOffered("FEAT does not list TVFS");
  EXPECT_TRUE(client.upload("STOR a/file", "content").closing.is_completion());
  for (const std::string& path :
       {place.path("a/file"), std::string("./a/file"), std::string("a/../a/file")}) {
    EXPECT_EQ(client.download("RETR " + path).data, "content") << path;
  }
  client.demand("CWD /", 250);
  EXPECT_EQ(client.directory(), "/");
  client.command("DELE " + place.path("a/file"));
}

}  // namespace
}  // namespace conformance
