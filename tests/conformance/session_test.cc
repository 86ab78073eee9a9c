// Lines 1 to 25: connecting, logging in and the session's commands (RFC 959). Transfers are in
// transfers_test.cc. A test judges by what the standard says, never by what uvftpd does.
#include <regex>

#include "client.h"
#include "held_transfer.h"
#include "line.h"
#include "options.h"
#include "place.h"

namespace conformance {
namespace {

MUST(1, "RFC 959 §5.4, connection establishment", TheServerSpeaksFirst) {
  EXPECT_EQ(Client().greeting().code, 220) << Client().greeting();
}

MUST(2, "RFC 959 §5.1", TheMinimumImplementationIsThere) {
  Place place;
  place.write("file", "content");
  Client client = place.client();
  for (const char* line : {"TYPE A N", "MODE S", "STRU F", "NOOP"}) {
    EXPECT_EQ(client.command(line).code, 200) << line;
  }
  const Socket listener = client.active();
  EXPECT_TRUE(client.command("RETR file").is_preliminary());
  EXPECT_EQ(listener.accept().read_to_end(), "content");
  EXPECT_TRUE(client.reply().is_completion());
  EXPECT_TRUE(client.upload("STOR other", "text").closing.is_completion());
  EXPECT_EQ(client.command("QUIT").code, 221);
}

MUST(3, "RFC 959 §5.1, §3.1.1.1", TransfersStartAsAsciiNonPrintStreamFile) {
  Place place;
  place.write("file", "one\ntwo\n");
  EXPECT_EQ(place.client().download("RETR file").data, "one\r\ntwo\r\n");
}

MUST(4, "RFC 959 §5.3", VerbsAreMatchedWithoutRegardToCase) {
  Client client;
  client.log_in();
  EXPECT_EQ(client.command("nOoP").code, 200);
  EXPECT_EQ(client.command("pwd").code, 257);
  EXPECT_EQ(client.command("Type i").code, 200);
}

MUST(5, "RFC 959 §4.2, §5.4", EveryCommandGetsOneFinalReplyAfterAnyPreliminaryOne) {
  Place place;
  Client client = place.client();
  for (const char* line :
       {"NOOP", "PWD", "XYZZY", "TYPE", "CWD missing", "STAT", "HELP", "REST 0", "MODE S"}) {
    EXPECT_FALSE(client.command(line).is_preliminary()) << line;
    EXPECT_EQ(client.command("TYPE A").code, 200) << "behind " << line;
  }
  for (const char* line : {"LIST", "NLST", "STOR new"}) {
    const Transfer transfer = *line == 'S' ? client.upload(line, "x") : client.download(line);
    EXPECT_TRUE(transfer.opening.is_preliminary()) << line << ": " << transfer.opening;
    EXPECT_TRUE(transfer.closing.is_completion()) << line << ": " << transfer.closing;
    EXPECT_EQ(client.command("TYPE A").code, 200) << "behind " << line;
  }
}

MUST(6, "RFC 959 §4.2", RepliesOfSeveralLinesKeepTheirForm) {
  Place place;
  // A listing over the control connection must not let a name end the reply.
  for (const char* name : {"211 a", "212 b", "213 c", "213-d"}) place.write(name, "");
  Client client = place.client();
  for (const char* line : {"HELP", "STAT", "FEAT", "STAT ."}) {
    const Reply answer = client.command(line);
    EXPECT_TRUE(answer.faults.empty()) << line << ": " << answer;
    EXPECT_EQ(client.command("TYPE A").code, 200) << "behind " << line;
  }
}

MUST(7, "RFC 959 §5.3.1", ThePathIsEverythingBehindTheFirstBlank) {
  Place place;
  place.make_directory("two  words of it");
  Client client = place.client();
  EXPECT_EQ(client.command("CWD two  words of it").code, 250);
  EXPECT_EQ(client.directory(), place.path("two  words of it"));
}

MUST(16, "RFC 959 §4.1.1, USER", UserBeginsALoginAnewWithoutTheOldRights) {
  Client client;
  client.log_in();
  const Reply named = client.command("USER " + options().user);
  if (named.is_refusal()) throw NotOffered("a MAY of RFC 959: " + named.text());
  EXPECT_EQ(named.code, 331) << named;
  EXPECT_TRUE(client.command("PWD").is_refusal()) << "the old login still holds";
  client.log_in();
  EXPECT_EQ(client.command("PWD").code, 257);
}

MUST(17, "RFC 959 §4.1.3, RNFR; §5.4", RntoNotDirectlyBehindRnfrIs503) {
  Place place;
  place.write("old", "");
  Client client = place.client();
  EXPECT_EQ(client.command("RNTO new").code, 503) << "without RNFR";
  EXPECT_TRUE(client.command("RNFR missing").is_refusal());
  EXPECT_EQ(client.command("RNTO new").code, 503) << "behind a refused RNFR";
  client.demand("RNFR old", 350);
  client.command("NOOP");
  EXPECT_EQ(client.command("RNTO new").code, 503) << "behind RNFR and NOOP";
  EXPECT_TRUE(place.has("old"));
}

MUST(18, "RFC 959 §4.1.1, PASS; §5.4", PassNotDirectlyBehindUserIs503) {
  Client first;
  EXPECT_EQ(first.command("PASS " + options().password).code, 503) << "without USER";
  Client second;
  second.demand("USER " + options().user, 331);
  second.command("NOOP");
  EXPECT_EQ(second.command("PASS " + options().password).code, 503) << "behind USER and NOOP";
}

MUST(19, "RFC 959 §4.1.3, Appendix II", MkdAndPwdAnswer257WithTheQuotedPath) {
  Place place;
  Client client = place.client();
  const Reply made = client.demand("MKD a\"b", 257);
  EXPECT_NE(made.text().find("a\"\"b\""), std::string::npos) << made;
  client.demand("CWD a\"b", 250);
  const Reply told = client.demand("PWD", 257);
  EXPECT_EQ(told.text().find("257 \"" + place.path("a\"\"b") + '"'), 0U) << told;
  client.command("CWD ..");
  client.command("RMD a\"b");
}

MUST(20, "RFC 959 §4.1.1, REIN", ReinKeepsTheConnectionAndNothingElse) {
  Place place;
  place.write("lines", "a\nb\n");
  Client client = place.client();
  client.demand("TYPE I", 200);
  Reply answer = client.optional("REIN");
  if (answer.is_preliminary()) answer = client.final_reply();
  EXPECT_EQ(answer.code, 220) << answer;
  EXPECT_TRUE(client.command("PWD").is_refusal()) << "the user is still logged in";
  place.enter(client);
  EXPECT_EQ(client.download("RETR lines").data, "a\r\nb\r\n") << "TYPE I still holds";

  place.write_big("big");
  HeldTransfer held(client);
  client.send("REIN");
  EXPECT_EQ(held.data.read_to_end().size(), Place::kBigSize) << "REIN cuts a transfer";
  EXPECT_TRUE(client.final_reply().is_completion());
  EXPECT_EQ(client.final_reply().code, 220);
}

void ExpectUnknownFormsAre504AndJunkIs501(Client& client) {
  for (const char* line : {"TYPE E", "TYPE A C", "MODE B", "MODE C", "STRU P"}) {
    const int code = client.command(line).code;
    EXPECT_TRUE(code == 504 || code == 200) << line << " is known, so offered or 504: " << code;
  }
  for (const char* line : {"TYPE Z", "TYPE 17", "TYPE", "MODE X", "MODE", "STRU Z", "STRU"}) {
    const Reply answer = client.command(line);
    EXPECT_EQ(answer.code, 501) << line << " is no TYPE, MODE or STRU: " << answer;
  }
}

MUST(21, "RFC 959 §4.2.1, §5.4", UnknownFormsOfTypeModeAndStruAre504AndJunkIs501) {
  Client client;
  client.log_in();
  ExpectUnknownFormsAre504AndJunkIs501(client);
}

MUST(22, "RFC 959 §4.1.3, ALLO; §5.4", AlloIsTakenOrSuperfluous) {
  Client client;
  client.log_in();
  for (const char* line : {"ALLO 1000", "ALLO 1000 R 10"}) {
    const Reply answer = client.optional(line);
    EXPECT_TRUE(answer.code == 200 || answer.code == 202) << line << ": " << answer;
  }
}

SHOULD(25, "RFC 959 §4.1.3, HELP and SYST", HelpComesBeforeLoginAndSystNamesAnOfficialSystem) {
  Client client;
  const Reply help = client.command("HELP");
  EXPECT_TRUE(help.code == 211 || help.code == 214) << help;
  client.log_in();
  const Reply system = client.demand("SYST", 215);
  // The names that are likely today, of the list of system names in the Assigned Numbers.
  EXPECT_TRUE(
      std::regex_search(system.text(), std::regex("^215 (UNIX|WIN32|VMS|OS/2|MACOS|MVS|VM|OS/400)\\b")))
      << system;
}

}  // namespace
}  // namespace conformance
