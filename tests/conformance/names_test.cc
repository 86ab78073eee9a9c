// Lines 95 to 101: names in UTF-8, strange bytes in them, and languages (RFC 2640).
// What a name became is looked up on the disk.
#include "client.h"
#include "features.h"
#include "line.h"
#include "options.h"
#include "place.h"

namespace conformance {
namespace {

// Stores a file under `sent`, as the control connection spells it; expects it as `name`, on disk and in NLST.
void ExpectRoundTrip(Place& place, Client& client, const std::string& name, const std::string& sent) {
  const Reply stored = client.upload("STOR " + sent, "content").closing;
  EXPECT_TRUE(stored.is_completion()) << stored;
  EXPECT_TRUE(place.has(name));
  const std::string names = client.name_list();
  EXPECT_EQ(names, name + "\r\n");
  EXPECT_EQ(client.download("RETR " + sent).data, "content");
  client.command("DELE " + sent);
}

MUST(95, "RFC 2640 §2.2, §3.2", NamesTravelAsUtf8) {
  Place place;
  Client client = place.client();
  if (!Features(client).has("UTF8")) throw NotOffered("FEAT does not list UTF8");
  ExpectRoundTrip(place, client, "Grüße-日本.txt", "Grüße-日本.txt");
}

MUST(96, "RFC 2640 §3.1", OneBlankEndsTheVerbAndFurtherOnesAreTheNames) {
  Place place;
  Client client = place.client();
  ExpectRoundTrip(place, client, "  led", "  led");
  ExpectRoundTrip(place, client, "trailed  ", "trailed  ");
}

MUST(97, "RFC 2640 §3.1", CrInANameTravelsAsCrNul) {
  using namespace std::string_literals;
  Place place;
  std::filesystem::create_directory(
      place.on_disk("a\rb"));  // a server may refuse to make it, not to reach it
  Client client = place.client();
  const Reply entered = client.command("CWD a\r\0b"s);
  EXPECT_EQ(entered.code, 250) << entered;
  const Reply told = client.demand("PWD", 257);
  EXPECT_NE(told.text().find("a\r\0b"s), std::string::npos) << told;
}

MUST(98, "RFC 2640 §3.2", BytesThatAreNoUtf8SurviveARoundTrip) {
  Place place;
  Client client = place.client();
  ExpectRoundTrip(place, client, "caf\xe9\xc3", "caf\xe9\xc3");
}

bool is_clean(const std::string& text) {
  for (const char letter : text) {
    if (static_cast<unsigned char>(letter) < 0x20 && letter != '\n' && letter != '\r') return false;
  }
  return true;
}

SHOULD(99, "RFC 2640 §7 (practice)", ControlCharactersAreShownEscaped) {
  Client client;
  client.log_in();
  for (const char* line :
       {"XYZZY\x1b[31m", "CWD missing\x1b[31m\x07", "DELE a\x08", "SITE \x1b[31m", "HELP \x1b[31m"}) {
    EXPECT_TRUE(is_clean(client.command(line).text())) << "in the reply to " << std::string(line, 4);
  }
  if (options().log.empty()) return;
  Client stranger;
  stranger.command("USER \x1b[31m");
  EXPECT_TRUE(is_clean(server_log())) << "in the log";
}

MUST(100, "RFC 2640 §4.1", LangChoosesALanguage) {
  Client client;
  client.log_in();
  const Reply chosen = client.optional("LANG");
  EXPECT_EQ(chosen.code, 200) << chosen;
  const std::string line = Features(client).line("LANG");
  EXPECT_NE(line.find('*'), std::string::npos) << line;
  EXPECT_EQ(client.command("LANG x-klingon").code, 504);
  EXPECT_EQ(client.command("LANG *!").code, 501);
  EXPECT_EQ(client.command("LANG EN").code, 200);
}

MUST(101, "RFC 2640 §4.1", CodesAndVerbsAreNeverTranslated) {
  Client client;
  client.log_in();
  const std::string line = Features(client).line("LANG");
  if (line.empty()) throw NotOffered("FEAT does not list LANG");
  std::string language = line.substr(std::min<std::size_t>(5, line.size()));
  language = language.substr(language.find(';') + 1);  // the last one, or the only one
  if (language.ends_with('*')) language.pop_back();
  EXPECT_EQ(client.command("LANG " + language).code, 200) << language;
  EXPECT_EQ(client.command("NOOP").code, 200);
  EXPECT_EQ(client.command("PWD").code, 257);
  EXPECT_EQ(client.command("RNTO x").code, 503);
}

}  // namespace
}  // namespace conformance
