// Lines 111 to 122: MLST, MLSD and their facts (RFC 3659, section 7).
// Each takes the entries apart by the grammar first, so a listing that breaks it fails whatever its line is
// about.
#include <regex>
#include <set>
#include <sstream>

#include "client.h"
#include "facts.h"
#include "features.h"
#include "line.h"
#include "place.h"

namespace conformance {
namespace {

// The place's client, when the server knows MLST. OPTS of another test does not matter: that is the
// session's.
Client listing_client(const Place& place) {
  Client client = place.client();
  client.optional("MLST");
  return client;
}

Entry mlst(Client& client, const std::string& name) {
  const Reply answer = client.demand("MLST " + name, 250);
  if (answer.lines.size() != 3 || !answer.lines[1].starts_with(' ')) throw Mishap("MLST: " + answer.text());
  return parse_entry(answer.lines[1].substr(1));
}

std::vector<Entry> mlsd(Client& client, const std::string& line = "MLSD") {
  const Transfer transfer = client.download(line);
  if (!transfer.closing.is_completion()) throw Mishap(line + ": " + transfer.closing.text());
  return parse_listing(transfer.data);
}

MUST(111, "RFC 3659 §7.2", MlstAnswersOnTheControlConnectionAndMlsdWith150And226) {
  Place place;
  place.write("file", "");
  Client client = listing_client(place);
  const Reply answer = client.command("MLST file");
  EXPECT_EQ(answer.lines.size(), 3U) << answer;
  EXPECT_TRUE(answer.lines.front().starts_with("250-") && answer.lines.back().starts_with("250")) << answer;
  EXPECT_TRUE(std::regex_match(answer.lines[1], std::regex(" ([^ ;=]+=[^ ;]*;)* .*file"))) << answer;
  const Transfer listing = client.download("MLSD");
  EXPECT_EQ(listing.opening.code, 150) << listing.opening;
  EXPECT_EQ(listing.closing.code, 226) << listing.closing;
}

MUST(112, "RFC 3659 §7.2.1", MlsdOfAFileIs501AndMlstOfNothingIs550) {
  Place place;
  place.write("file", "");
  Client client = listing_client(place);
  EXPECT_EQ(client.download("MLSD file").opening.code, 501);
  EXPECT_EQ(client.command("MLST missing").code, 550);
}

MUST(113, "RFC 3659 §7.2", EntriesAreFactsOneBlankAndTheName) {
  Place place;
  const std::set<std::string> names = {"file", "  led", "a;b=c; d"};
  for (const std::string& name : names) place.write(name, "");
  Client client = listing_client(place);
  std::set<std::string> found;
  for (const Entry& entry : mlsd(client)) {
    const std::string type = entry.fact("type");
    if (type != "cdir" && type != "pdir") found.insert(entry.name);
  }
  EXPECT_EQ(found, names);
}

MUST(114, "RFC 3659 §7.2, §7.3.1", MlsdIsTheSameInEveryTypeAndTellsBareNames) {
  Place place;
  place.make_directory("directory");
  Client client = listing_client(place);
  client.upload("STOR directory/file", "");
  client.demand("TYPE A", 200);
  const std::string ascii = client.download("MLSD directory").data;
  client.demand("TYPE I", 200);
  EXPECT_EQ(client.download("MLSD directory").data, ascii);
  EXPECT_NO_THROW(entry_of(parse_listing(ascii), "file")) << ascii;
  client.command("DELE directory/file");
}

MUST(115, "RFC 3659 §7.5.1", TypesAreFileDirCdirPdirOrTheSystems) {
  Place place;
  place.write("file", "");
  place.make_directory("directory");
  Client client = listing_client(place);
  const std::vector<Entry> entries = mlsd(client);
  for (const Entry& entry : entries) {
    EXPECT_TRUE(
        std::regex_match(entry.fact("type"), std::regex("file|dir|cdir|pdir|OS\\..+", std::regex::icase)))
        << entry.name << ": " << entry.fact("type");
  }
  EXPECT_EQ(entry_of(entries, "file").fact("type"), "file");
  const Entry& directory = entry_of(entries, "directory");
  EXPECT_EQ(directory.fact("type"), "dir");
  EXPECT_EQ(directory.fact("size"), "") << "a guess";
}

MUST(116, "RFC 3659 §7.5.2", UniqueIsTheObjectsUnderEveryName) {
  Place place;
  place.write("file", "");
  place.write("other", "");
  std::filesystem::create_hard_link(place.on_disk("file"), place.on_disk("link"));
  Client client = listing_client(place);
  const std::string unique = mlst(client, "file").fact("unique");
  if (unique.empty()) throw NotOffered("no unique fact");
  EXPECT_EQ(mlst(client, "link").fact("unique"), unique);
  EXPECT_NE(mlst(client, "other").fact("unique"), unique);
  client.demand("RNFR file", 350);
  client.demand("RNTO renamed", 250);
  EXPECT_EQ(mlst(client, "renamed").fact("unique"), unique) << "renamed";
}

MUST(117, "RFC 3659 §7.5.5", PermTellsWhatMayBeDone) {
  Place place;
  place.write("file", "");
  place.make_directory("directory");
  Client client = listing_client(place);
  const std::vector<Entry> entries = mlsd(client);
  const std::string file = entry_of(entries, "file").fact("perm");
  if (!entry_of(entries, "file").facts.contains("perm")) throw NotOffered("no perm fact");
  EXPECT_TRUE(std::regex_match(file, std::regex("[adfrw]*", std::regex::icase))) << file;
  for (const char letter : std::string("adfrw"))
    EXPECT_NE(file.find(letter), std::string::npos) << letter << ": " << file;
  const std::string directory = entry_of(entries, "directory").fact("perm");
  EXPECT_TRUE(std::regex_match(directory, std::regex("[cdeflmp]*", std::regex::icase))) << directory;
  for (const char letter : std::string("cdeflm")) {
    EXPECT_NE(directory.find(letter), std::string::npos) << letter << ": " << directory;
  }
}

MUST(118, "RFC 3659 §7.5.3 to §7.5.9", ModifyIsUtcSizeIsExactAndNothingIsGuessed) {
  Place place;
  place.write("file", "a\nb\n");
  place.set_time("file");
  Client client = listing_client(place);
  const Entry entry = mlst(client, "file");
  EXPECT_TRUE(std::regex_match(entry.fact("modify"), std::regex(std::string(Place::kTime) + "(\\.[0-9]+)?")))
      << entry.fact("modify");
  EXPECT_EQ(entry.fact("size"), "4");
  for (const char* guess : {"lang", "media-type", "charset"})
    EXPECT_FALSE(entry.facts.contains(guess)) << guess;
}

MUST(119, "RFC 3659 §7.8", FeatTellsTheFactsAndMarksThoseThatAreOn) {
  Place place;
  place.write("file", "");
  Client client = listing_client(place);
  const Features features(client);
  const std::string line = features.line("MLST");
  EXPECT_TRUE(std::regex_match(line, std::regex("MLST ([^ ;*]+\\*?;)+"))) << line;
  EXPECT_FALSE(features.has("MLSD"));
  for (const auto& [name, value] : mlst(client, "file").facts) {
    EXPECT_TRUE(std::regex_search(line, std::regex("[ ;]" + name + "\\*;", std::regex::icase)))
        << name << " in " << line;
  }
}

MUST(120, "RFC 3659 §7.9", OptsMlstSwitchesFacts) {
  Place place;
  place.write("file", "");
  Client client = listing_client(place);
  const Reply chosen = client.command("OPTS MLST size;frogs;type;");
  EXPECT_TRUE(std::regex_match(chosen.text(),
                               std::regex("200 MLST OPTS ((size;type)|(type;size));", std::regex::icase)))
      << chosen;
  const Entry entry = mlst(client, "file");
  EXPECT_EQ(entry.facts.size(), 2U);
  EXPECT_TRUE(entry.facts.contains("size") && entry.facts.contains("type"));
  const Reply none = client.command("OPTS MLST");
  EXPECT_TRUE(std::regex_match(none.text(), std::regex("200 MLST OPTS ?", std::regex::icase))) << none;
  EXPECT_TRUE(mlst(client, "file").facts.empty());
}

MUST(121, "RFC 2640 §3.1; RFC 3659 §7.3; RFC 854", IacInNamesIsDoubledAndNoOptionIsNegotiated) {
  Place place;
  Client client = place.client();
  const Reply made = client.demand(
      "MKD a\xff\xff"
      "b",
      257);
  EXPECT_NE(made.text().find("a\xff"
                             "b"),
            std::string::npos)
      << made;  // the reader undoubles it
  EXPECT_TRUE(
      place.has("a\xff"
                "b"));
  client.command(
      "RMD a\xff\xff"
      "b");
  EXPECT_EQ(client.telnet(), "") << "the server begins to negotiate, or does not double an IAC";
}

SHOULD(122, "RFC 3659 §7.6", FactsOfOnesOwnBeginWithXOrTheSystem) {
  Place place;
  Client client = listing_client(place);
  std::string line = Features(client).line("MLST");
  for (char& letter : line) {
    if (letter == ';' || letter == '*') letter = ' ';
  }
  std::istringstream names(line.substr(4));
  const std::regex registered(
      "type|size|modify|create|unique|perm|lang|media-type|charset|(x|unix|macos|win32)\\..+",
      std::regex::icase);
  for (std::string name; names >> name;) EXPECT_TRUE(std::regex_match(name, registered)) << name;
}

}  // namespace
}  // namespace conformance
