// Lines 52 to 70: what RFC 1123, section 4.1 demands of a server beyond RFC 959.
// What only a log or an hour would show is told as not shown.
#include <regex>
#include <set>
#include <sstream>

#include "client.h"
#include "line.h"
#include "place.h"

namespace conformance {
namespace {

using namespace std::chrono_literals;

MUST(52, "RFC 1123 §4.1.2.13", TheCommandsEveryHostMustHaveAreThere) {
  Place place;
  Client client = place.client();
  for (const char* line :
       {"ACCT x", "CWD .", "CDUP", "PORT", "TYPE I", "STRU F", "MODE S", "RETR", "STOR", "APPE", "RNFR",
        "RNTO x", "DELE",  "RMD",  "MKD",  "PWD",    "SYST",   "STAT",   "HELP", "NOOP", "PASV"}) {
    // A verb that needs an argument is tried without one, so without harm.
    const Reply answer = client.command(line);
    EXPECT_FALSE(client.is_unknown(line, answer)) << line << ": " << answer;
    if (answer.is_preliminary()) client.final_reply();
  }
  EXPECT_TRUE(client.download("LIST").closing.is_completion());
  EXPECT_TRUE(client.download("NLST").closing.is_completion());
  EXPECT_EQ(client.command("QUIT").code, 221);  // USER and PASS logged in
}

MAY(53, "RFC 1123 §4.1.2.13, table", TheOptionalCommandsAreOffered) {
  Client client;
  client.log_in();
  std::string missing;
  for (const char* line : {"SMNT x", "ALLO 1", "REST 0", "ABOR", "SITE HELP", "STOU", "REIN"}) {
    if (client.is_unknown(line, client.command(line)))
      missing += std::string(missing.empty() ? "" : ", ") + line;
  }
  if (!missing.empty()) throw NotOffered("not offered: " + missing);
}

MUST(54, "RFC 1123 §4.1.2.1, §4.1.2.13", AsciiNonPrintImageAndLocal8AreThere) {
  Place place;
  const std::string content = "a\nb\r\n\xff";
  place.write("file", content);
  Client client = place.client();
  for (const char* line : {"TYPE A", "TYPE A N", "TYPE I", "TYPE L 8"}) {
    EXPECT_EQ(client.command(line).code, 200) << line;
  }
  EXPECT_EQ(client.download("RETR file").data, content) << "TYPE L 8 is not as TYPE I";
}

MUST(55, "RFC 1123 §4.1.2.13, §4.1.2.3", RecordStructureIsRefusedWith504) {
  Client client;
  client.log_in();
  EXPECT_EQ(client.command("MODE S").code, 200);
  EXPECT_EQ(client.command("STRU F").code, 200);
  EXPECT_EQ(client.command("STRU R").code, 504) << "a Unix host has no files of records";
  EXPECT_TRUE(client.command("STRU P").is_refusal()) << "page structure should not be offered";
}

SHOULD(56, "RFC 1123 §4.1.2.4", ConversionBetweenFileAndRecordIsReversible) {
  Client client;
  client.log_in();
  const Reply answer = client.command("STRU R");
  if (answer.is_refusal()) throw NotOffered("no record structure: " + answer.text());
  Place place;
  Client writer = place.client();
  writer.demand("STRU R", 200);
  // Escape byte and code: end of record, end of file (RFC 959, section 3.4.1).
  const std::string records = std::string("one\xff\xff\x01") + "two\xff\xff\x01" + "\xff\xff\x02";
  ASSERT_TRUE(writer.upload("STOR file", records).closing.is_completion());
  EXPECT_EQ(writer.download("RETR file").data, records);
}

MUST(57, "RFC 1123 §4.1.2.6", PasvHoldsForOneTransfer) {
  Place place;
  place.write("file", "content");
  Client client = place.client();
  const std::uint16_t port = port_of_passive_reply(client.demand("PASV", 227));
  const Address passive = client.control().peer().with_port(port);
  Socket data = Socket::connect(passive);
  ASSERT_TRUE(client.command("RETR file").is_preliminary());
  EXPECT_EQ(data.read_to_end(), "content");
  EXPECT_TRUE(client.reply().is_completion());
  std::string again;
  try {
    Socket second = Socket::connect(passive);
    client.send("RETR file");
    if (second.is_readable(300ms)) again = second.read_some();
  } catch (const Mishap&) {
    return;  // refused or reset: nothing of it is left
  }
  EXPECT_EQ(again, "") << "a second transfer over the same passive port";
}

MUST(58, "RFC 1123 §4.1.2.7", NamesFromNlstAreGoodForRetrAsTheyAre) {
  Place place;
  place.write("one", "content");
  place.make_directory("directory");
  Client client = place.client();
  EXPECT_TRUE(client.upload("STOR directory/two", "content").closing.is_completion());
  for (const char* line : {"NLST one", "NLST directory"}) {
    const std::string names = client.name_list(line);
    ASSERT_TRUE(names.ends_with("\r\n")) << line << ": " << names;
    const std::string name = names.substr(0, names.size() - 2);
    EXPECT_EQ(client.download("RETR " + name).data, "content") << line << ": " << name;
  }
  client.command("DELE directory/two");
}

SHOULD(59, "RFC 1123 §4.1.2.7", ListAndNlstUseAsciiAndLeaveTheTypeAlone) {
  Place place;
  place.write("file", "a\nb\n");
  Client client = place.client();
  client.demand("TYPE I", 200);
  EXPECT_EQ(client.name_list(), "file\r\n");
  EXPECT_TRUE(client.download("LIST").data.ends_with(" file\r\n"));
  EXPECT_EQ(client.download("RETR file").data, "a\nb\n") << "TYPE I was lost";
}

// FTP commands and extensions (the registry of RFC 5797), without those of FEAT's answer.
const std::set<std::string> kStandardVerbs = {
    "ABOR", "ACCT", "ADAT", "ALGS", "ALLO", "APPE", "AUTH", "CCC",  "CDUP", "CONF", "CWD",  "DELE",
    "ENC",  "EPRT", "EPSV", "FEAT", "HELP", "HOST", "LANG", "LIST", "MDTM", "MIC",  "MKD",  "MLSD",
    "MLST", "MODE", "NLST", "NOOP", "OPTS", "PASS", "PASV", "PBSZ", "PORT", "PROT", "PWD",  "QUIT",
    "REIN", "REST", "RETR", "RMD",  "RNFR", "RNTO", "SITE", "SIZE", "SMNT", "STAT", "STOR", "STOU",
    "STRU", "SYST", "TYPE", "USER", "XCUP", "XCWD", "XMKD", "XPWD", "XRMD", "LPRT", "LPSV"};

SHOULD(60, "RFC 1123 §4.1.2.8; RFC 2389 §3.2", WhatIsNoStandardStandsBehindSiteOrInFeat) {
  Client client;
  client.log_in();
  const std::string features = client.command("FEAT").text();
  const Reply help = client.command("HELP");
  std::size_t known = 0;
  for (std::size_t i = 1; i + 1 < help.lines.size(); ++i) {
    std::istringstream words(help.lines[i]);
    for (std::string word; words >> word;) {
      if (!std::regex_match(word, std::regex("[A-Z]{3,4}\\*?"))) continue;
      if (word.ends_with('*')) continue;  // by custom: recognised, and not implemented
      ++known;
      EXPECT_TRUE(kStandardVerbs.contains(word) || features.find(word) != std::string::npos) << word;
    }
  }
  if (known < 10) throw NotShown("HELP does not list the verbs");
}

MUST(61, "RFC 1123 §4.1.2.9", StouTellsItsNameAsFileColonName) {
  Place place;
  Client client = place.client();
  Socket data = client.passive();
  const Reply opening = client.optional("STOU");
  data.write("unique");
  data.close();
  EXPECT_TRUE(client.reply().is_completion());
  std::smatch match;
  const std::string text = opening.text();
  ASSERT_TRUE(std::regex_match(text, match, std::regex("1[25][05] FILE: (.+)"))) << opening;
  Client reader = place.client();
  EXPECT_EQ(reader.download("RETR " + match[1].str()).data, "unique");
  reader.command("DELE " + match[1].str());
}

MUST(62, "RFC 1123 §4.1.2.10", CommandsMayComeInPiecesAndTogether) {
  Client client;
  client.log_in();
  for (const char* piece : {"NO", "OP", "\r"}) {
    client.control().write(piece);
    EXPECT_TRUE(client.is_silent(50ms)) << "an answer to half a line";
  }
  client.control().write("\n");
  EXPECT_EQ(client.reply().code, 200);
  client.control().write("NOOP\r\nSYST\r\nPWD\r\nNO");
  EXPECT_EQ(client.reply().code, 200);
  EXPECT_EQ(client.reply().code, 215);
  EXPECT_EQ(client.reply().code, 257);
  client.control().write("OP\r\n");
  EXPECT_EQ(client.reply().code, 200);
}

MUST(63, "RFC 1123 §4.1.2.11", RepliesHaveOnlyTheStandardForm) {
  Place place;
  Client client = place.client();
  EXPECT_TRUE(client.greeting().faults.empty()) << client.greeting();
  for (const char* line : {"SYST", "NOOP", "PWD", "HELP", "HELP STOR", "STAT", "STAT .", "FEAT", "TYPE I",
                           "XYZZY", "CWD missing", "SITE HELP", "MLST", "SIZE missing", "REST x", "QUIT"}) {
    const Reply answer = client.command(line);
    EXPECT_TRUE(answer.faults.empty()) << line << ": " << answer;
  }
}

// Another address of this machine where the server answers too, if there is one.
Address other_address() {
  const Address other("127.0.0.2", server_address().port());
  if (!server_address().host().starts_with("127.")) throw NotShown("needs a server with two addresses");
  try {
    Socket::connect(other, Address("127.0.0.1", 0));
    return other;
  } catch (const Mishap&) {
    throw NotShown("the server does not answer on 127.0.0.2");
  }
}

MUST(64, "RFC 1123 §4.1.2.12", DataComesFromTheAddressThatTheControlConnectionReached) {
  const Address other = other_address();
  Place place;
  place.write("file", "content");
  Client client(other, Address("127.0.0.1", 0));
  place.enter(client);
  const Socket listener = client.active();
  client.send("RETR file");
  Socket data = listener.accept();
  EXPECT_EQ(data.peer().host(), other.host());
  EXPECT_EQ(data.read_to_end(), "content");
}

MUST(65, "RFC 1123 §4.1.2.12; RFC 854", TelnetOptionsAreRefusedAndNeverTakenAsText) {
  Client client;
  client.log_in();
  client.control().write("\xff\xfd\x01\xff\xfb\x03NOOP\r\n");  // DO echo, WILL suppress go-ahead
  EXPECT_EQ(client.reply().code, 200);
  EXPECT_NE(client.telnet().find("\xff\xfc\x01"), std::string::npos) << "no WONT for a DO";
  EXPECT_NE(client.telnet().find("\xff\xfe\x03"), std::string::npos) << "no DONT for a WILL";
}

SHOULD(66, "RFC 1123 §4.1.3.1", TheVerbsWithXAreSynonyms) {
  Place place;
  Client client = place.client();
  EXPECT_EQ(client.command("XMKD new").code, 257);
  EXPECT_EQ(client.command("XCWD new").code, 250);
  EXPECT_EQ(client.command("XPWD").code, 257);
  EXPECT_TRUE(client.command("XCUP").is_completion());
  EXPECT_EQ(client.command("XRMD new").code, 250);
}

SHOULD(67, "RFC 1123 §4.1.3.2", TheIdleTimeOutIsAtLeastFiveMinutes) {
  throw NotShown("it would take five minutes");
}

MUST(68, "RFC 1123 §4.1.3.4", RestartMarkersStandForStoredData) {
  Client client;
  client.log_in();
  if (client.command("MODE B").is_refusal() && client.command("MODE C").is_refusal()) {
    throw NotOffered("stream mode has no markers, and no other mode is offered");
  }
  throw NotShown("what is on stable storage cannot be seen from outside");
}

SHOULD(69, "RFC 959 §3.1.1.1; RFC 1123 §4.1.2.1", AsciiTransfersConvertTheEndsOfLines) {
  Place place;
  Client client = place.client();
  client.demand("TYPE A", 200);
  EXPECT_TRUE(client.upload("STOR file", "one\r\ntwo\r\n").closing.is_completion());
  EXPECT_EQ(place.read("file"), "one\ntwo\n");
  EXPECT_EQ(client.download("RETR file").data, "one\r\ntwo\r\n");
}

SHOULD(70, "RFC 959 §5.4, RETR", RetrOfADirectoryIs550WithoutATransfer) {
  Place place;
  place.make_directory("directory");
  Client client = place.client();
  const Transfer transfer = client.download("RETR directory");
  EXPECT_EQ(transfer.opening.code, 550) << transfer.opening;
}

}  // namespace
}  // namespace conformance
