// Lines 146 to 158: what clients rely on though no RFC says it, or not so narrowly.
// Taken from the parsers of common clients, not from what one server prints.
#include <regex>

#include "client.h"
#include "facts.h"
#include "held_transfer.h"
#include "line.h"
#include "options.h"
#include "place.h"

namespace conformance {
namespace {

using namespace std::chrono_literals;

CLIENTS(146, "RFC 1123 §4.1.2.6", PasvsSixNumbersStandInParenthesesAndAreTheFirst) {
  Client client;
  client.log_in();
  const Reply answer = client.demand("PASV", 227);
  EXPECT_TRUE(std::regex_search(answer.text(), std::regex(R"(^227 [^0-9(]*\((\d{1,3},){5}\d{1,3}\))")))
      << answer;
}

CLIENTS(147, "practice", TheReplyThatOpensRetrTellsTheSize) {
  Place place;
  place.write("file", "content");
  Client client = place.client();
  client.demand("TYPE I", 200);
  const Transfer transfer = client.download("RETR file");
  EXPECT_TRUE(std::regex_search(transfer.opening.text(), std::regex(R"(\(7 bytes\)\.?$)")))
      << transfer.opening;
}

CLIENTS(148, "practice", ListLooksLikeLs) {
  Place place;
  place.write("new", "content");
  place.write("old", "");
  place.make_directory("directory");
  place.set_time("old");
  const std::string head = "([-dlbcps][-rwxsStT]{9}[+@.]? +\\d+ +[^ ]+ +[^ ]+ +\\d+ ";
  const std::string month = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 0-3]\\d ";
  const std::string recent = head + month + "[ 012]\\d:[0-5]\\d (new|directory|\\.|\\.\\.)\r\n)";
  const std::string past = head + "Feb [ 0]3  2001 old\r\n)";
  const std::string listing = place.client().download("LIST").data;
  EXPECT_TRUE(std::regex_match(listing, std::regex("(total \\d+\r\n)?(" + recent + "|" + past + ")+")))
      << listing;
}

CLIENTS(149, "practice; RFC 959 §5.4", AnEmptyDirectoryListsNothingAndAMissingOneIsRefused) {
  Place place;
  Client client = place.client();
  for (const char* line : {"LIST", "NLST"}) {
    const Transfer empty = client.download(line);
    EXPECT_TRUE(empty.opening.is_preliminary()) << line << ": " << empty.opening;
    EXPECT_EQ(empty.closing.code, 226) << line;
    EXPECT_EQ(empty.data, "") << line;
    const Transfer missing = client.download(std::string(line) + " missing");
    EXPECT_TRUE(missing.closing.code == 550 || missing.closing.code == 450)
        << line << ": " << missing.closing;
  }
}

CLIENTS(150, "practice; RFC 959 §4.2.2", AWrongLoginIs530AndAnonymousIsAskedForAnEmailAddress) {
  Client client;
  client.demand("USER " + options().user, 331);
  EXPECT_EQ(client.command("PASS certainly-wrong-5071").code, 530);
  Client stranger;
  const Reply asked = stranger.command("USER anonymous");
  if (stranger.command("PASS conformance@example.org").code != 230) return;
  EXPECT_TRUE(std::regex_search(asked.text(), std::regex("e-?mail", std::regex::icase))) << asked;
}

CLIENTS(151, "practice", SystBeginsWithUnix) {
  Client client;
  client.log_in();
  EXPECT_TRUE(client.demand("SYST", 215).text().starts_with("215 UNIX"));
}

CLIENTS(152, "practice; RFC 959 §5.4", RetrIsCompleteOnlyWhenItsLastByteIsOut) {
  Place place;
  place.write_big("big");
  Client client = place.client();
  HeldTransfer held(client);
  EXPECT_TRUE(client.is_silent(300ms)) << "a reply while most of the file is unsent";
  EXPECT_EQ(held.data.read_to_end().size(), Place::kBigSize);
  EXPECT_EQ(client.reply().code, 226);
}

CLIENTS(153, "RFC 959 Appendix II", NamesWithQuotesGoAroundThrough257) {
  Place place;
  Client client = place.client();
  for (const std::string& name : {std::string("\"both\""), std::string("in\"side"), std::string("\"\"two")}) {
    const std::string made = unquoted(client.demand("MKD " + name, 257));
    EXPECT_EQ(made.substr(made.rfind('/') + 1), name);
    EXPECT_EQ(client.command("CWD " + name).code, 250);
    const std::string path = client.directory();
    EXPECT_EQ(path, place.path(name));
    client.demand("CWD /", 250);
    EXPECT_EQ(client.command("CWD " + path).code, 250) << path;
    EXPECT_TRUE(client.command("CDUP").is_completion());
    EXPECT_EQ(client.command("RMD " + name).code, 250);
  }
}

CLIENTS(154, "practice", ListTakesOptionsAndNlstPatterns) {
  Place place;
  place.write("one.txt", "");
  place.write("two.log", "");
  place.write(".hidden", "");
  place.make_directory("sub");
  Client client = place.client();
  client.upload("STOR sub/inner", "");
  const std::string all = client.download("LIST -a").data;
  EXPECT_NE(all.find(" one.txt\r\n"), std::string::npos) << all;
  EXPECT_NE(all.find(" .hidden\r\n"), std::string::npos) << all;
  const std::string sub = client.download("LIST -al sub").data;
  EXPECT_NE(sub.find(" inner\r\n"), std::string::npos) << sub;
  EXPECT_EQ(client.name_list("NLST *.txt"), "one.txt\r\n");
  client.command("DELE sub/inner");
}

CLIENTS(155, "draft-somers-ftp-mfxx §3", MfmtAndMdtmOfTwoSetTheTime) {
  Place place;
  place.write("file", "");
  Client client = place.client();
  const Reply answer = client.optional(std::string("MFMT ") + Place::kTime + " file");
  EXPECT_TRUE(
      std::regex_match(answer.text(), std::regex("213 Modify=20010203040506; .*file", std::regex::icase)))
      << answer;
  EXPECT_TRUE(client.command("MDTM file").text().starts_with("213 20010203040506"));
  EXPECT_EQ(client.command("MDTM 20020304050607 file").code / 100, 2);
  EXPECT_TRUE(client.command("MDTM file").text().starts_with("213 20020304050607"))
      << "MDTM with two arguments";
}

CLIENTS(156, "practice", TheGreetingIsOneShortLineWithoutAVersion) {
  const Client client;
  const Reply& greeting = client.greeting();
  EXPECT_EQ(greeting.lines.size(), 1U) << greeting;
  EXPECT_LT(greeting.text().size(), 510U);
  const std::string text =
      std::regex_replace(greeting.text(), std::regex(R"(\d+\.\d+\.\d+\.\d+)"), "an address");
  EXPECT_FALSE(std::regex_search(text, std::regex(R"(\d\.\d)"))) << greeting;
}

void ExpectAborToWork(Place& place, const std::string& urgent, const std::string& rest) {
  Client client = place.client();
  HeldTransfer held(client);
  client.control().write_urgent(urgent);
  client.control().write(rest);
  EXPECT_TRUE(held.data.ends()) << "the transfer goes on";
  const Reply first = client.reply();
  EXPECT_TRUE(first.code == 426 || first.code == 226) << first;
  EXPECT_TRUE(client.reply().is_completion());
  EXPECT_EQ(client.command("NOOP").code, 200) << "replies and commands are out of step";
}

CLIENTS(157, "practice; RFC 959 §4.1.3, ABOR", UrgentAborWorksAsPythonAndAsBsdSendIt) {
  Place place;
  place.write_big("big");
  ExpectAborToWork(place, "ABOR\r\n", "");
  ExpectAborToWork(place, "\xff\xf4\xff",
                   "\xf2"
                   "ABOR\r\n");
}

CLIENTS(158, "practice", LinesOf4096AreTakenAndLongerOnesCostOne500) {
  Client client;
  client.log_in();
  const Reply known = client.command("CWD " + std::string(4096, 'a'));
  EXPECT_NE(known.code, 500) << "4096 bytes are too long a path: " << known;
  EXPECT_EQ(client.command("NOOP").code, 200);
  EXPECT_EQ(client.command("CWD " + std::string(20'000, 'a')).code, 500);
  EXPECT_EQ(client.command("PWD").code, 257) << "the session does not survive it, or a reply too many";
}

}  // namespace
}  // namespace conformance
