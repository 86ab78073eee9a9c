// Every row of the verb table: guards, permissions, and that no verb ever answers with a code that RFC 959,
// section 5.4 (and the RFCs behind it) does not permit it, whatever the state of the session and the fate of
// the request.
#include "protocol/verb_table.h"

#include <algorithm>
#include <set>

#include "tests/protocol/transcript.h"

namespace uvftpd {
namespace {

using Codes = std::set<int>;

struct Example {
  std::string_view verb, argument;  // a good one
  Codes codes;                      // besides 500, 501 and 421
  Codes after_150 = {};
};

// "beyond" marks what RFC 959 has no code for: see the RFCs named; 554 is RFC 3659's; 450 is "try again"
// where a path changed underfoot.
const Codes kDownloaded = {226, 250, 425, 426, 451}, kUploaded = {226, 250, 425, 426, 451, 551, 552};
const Example kExamples[] = {
    {"ABOR", "", {225, 226, 502}},
    {"ACCT", "100", {230, 202, 530, 503}},
    {"ALLO", "100", {200, 202, 504, 530}},
    {"APPE", "a", {532, 450, 550, 452, 553, 502, 530, 425, 554}, kUploaded},
    {"AUTH", "TLS", {234, 502, 504, 530, 534, 431}},  // RFC 2228, section 5.1
    {"AVBL", "a", {213, 530, 550, 450}},
    {"CCC", "", {200, 533, 534}},
    {"CDUP", "", {200, 250, 502, 530, 550, 450}},
    {"CLNT", "NcFTP 3", {200}},
    {"CSID", "Name=x;", {200}},
    {"CWD", "a", {250, 502, 530, 550, 450}},
    {"DELE", "a", {250, 450, 550, 502, 530}},
    {"EPRT", "|1|192.0.2.7|2000|", {200, 522, 502, 530, 504}},  // beyond: RFC 2428; 504: RFC 2577
    {"EPSV", "", {229, 200, 522, 502, 530, 425}},               // beyond: RFC 2428
    {"FEAT", "", {211, 502}},                                   // beyond: RFC 2389
    {"HASH", "a", {213, 426, 530, 550, 450, 554}},              // beyond: draft-bryan-ftpext-hash
    {"HELP", "", {211, 214, 502}},
    {"LANG", "en", {200, 504}},                            // beyond: RFC 2640
    {"LIST", "", {450, 502, 530, 550, 425}, kDownloaded},  // beyond: 550, as all servers say
    {"MDTM", "a", {213, 550, 530, 450}},                   // beyond: RFC 3659
    {"MFMT", "20261123055117 a", {213, 550, 530, 450}},    // beyond: draft-somers-ftp-mfxx
    {"MKD", "a", {257, 502, 530, 550, 450}},
    {"MLSD", "", {450, 501, 502, 530, 550, 425}, kDownloaded},  // beyond: RFC 3659
    {"MLST", "", {250, 530, 550, 450}},                         // beyond: RFC 3659
    {"MODE", "S", {200, 504, 530}},
    {"NLST", "", {450, 502, 530, 550, 425}, kDownloaded},
    {"NOOP", "", {200}},
    {"OPTS", "UTF8 ON", {200, 451}},  // beyond: RFC 2389
    {"PASS", "secret", {230, 202, 530, 503, 332}},
    {"PASV", "", {227, 502, 530, 425}},  // beyond: 425, no port is free
    {"PBSZ", "0", {200, 503, 530}},
    {"PORT", "192,0,2,7,7,208", {200, 530, 504}},
    {"PROT", "P", {200, 503, 504, 534, 536}},
    {"PWD", "", {257, 502, 550, 530}},  // beyond: 530, which RFC 959 forgot here
    {"QUIT", "", {221}},
    {"RANG", "0 7", {350, 530, 551}},  // beyond: draft-bryan-ftp-range
    {"REIN", "", {220, 502}},
    {"REST", "7", {350, 502, 530}},
    {"RETR", "a", {450, 550, 530, 425, 554}, kDownloaded},
    {"RMD", "a", {250, 502, 530, 550, 450}},
    {"RNFR", "a", {350, 450, 550, 502, 530}},
    {"RNTO", "a", {250, 532, 553, 502, 503, 530, 450, 452}},  // beyond: 450 and 452, as STOR
    {"SITE", "IDLE", {200, 202, 530}},
    {"SIZE", "a", {213, 550, 530, 450}},  // beyond: RFC 3659
    {"STAT", "", {211, 212, 213, 450, 502, 530}},
    {"STOR", "a", {532, 450, 452, 553, 530, 425, 554}, kUploaded},
    {"STOU", "a", {532, 450, 452, 553, 530, 425}, kUploaded},
    {"STRU", "F", {200, 504, 530}},
    {"SYST", "", {215, 502}},
    {"TYPE", "A", {200, 504, 530}},
    {"USER", "alice", {230, 530, 331, 332}},
    {"XCUP", "", {200, 250, 502, 530, 550, 450}},
    {"XCWD", "a", {250, 502, 530, 550, 450}},
    {"XMKD", "a", {257, 502, 530, 550, 450}},
    {"XPWD", "", {257, 502, 550, 530}},
    {"XRMD", "a", {250, 502, 530, 550, 450}},
};

std::string command(const Example& example) {
  return std::string(example.verb) + (example.argument.empty() ? "" : " ") + std::string(example.argument);
}

class VerbTableTest : public SessionTest {
 protected:
  VerbTableTest() { settings.tls = TlsPolicy::allow; }

  void log_in_again(const Rights& rights = every_right()) {
    connect();
    log_in(rights);
  }

  // One command to its end, each of its requests answered with `error`, an open transfer ended by `outcome`.
  struct Fate {
    int error = 0;
    Outcome outcome = Outcome::complete;
  };
  std::vector<int> codes_of(const std::string& text, const Fate& fate) {
    std::vector<int> codes;
    if (!session.accepts({text})) {  // behind a transfer
      session.line_waiting({text});
      session.transfer_finished({.outcome = Outcome::complete});
    }
    const bool is_heard = session.is_at_work();  // that transfer is not this command's
    Actions actions = session.line_received({text});
    while (!actions.empty()) {
      Actions next;
      for (const Action& action : actions) {
        if (const auto* sent = std::get_if<SendReply>(&action))
          codes.push_back(static_cast<int>(sent->reply.code));
        if (const auto more = answer(action, fate)) next = *more;
      }
      actions = next;
      if (actions.empty() && !is_heard && session.is_at_work())
        actions = session.transfer_finished({.outcome = fate.outcome, .error = fate.error});
    }
    return codes;
  }
  std::optional<Actions> answer(const Action& action, const Fate& fate) {
    if (std::holds_alternative<CheckPassword>(action))
      return session.password_checked(fate.error == 0 ? std::optional(every_right()) : std::nullopt);
    if (std::holds_alternative<SecureControl>(action))
      return session.control_secured(fate.error == 0 ? Handshake::done : Handshake::failed);
    if (std::holds_alternative<RunFileRequest>(action))
      return session.file_request_done({.error = fate.error});
    if (std::holds_alternative<ListenForData>(action))
      return session.listening(fate.error == 0 ? std::optional(socket_address("192.0.2.1", 2000))
                                               : std::nullopt);
    if (std::holds_alternative<StartTransfer>(action) && fate.outcome != Outcome::refused)
      return session.transfer_opened({});
    return std::nullopt;
  }

  void expect_permitted(const Example& example, const std::string& text, const std::vector<int>& codes) {
    ASSERT_FALSE(codes.empty()) << text;
    const bool is_opened = codes.front() == 150 && !example.after_150.empty();
    EXPECT_EQ(codes.size(), is_opened ? 2U : 1U) << text;
    const Codes& permitted = is_opened ? example.after_150 : example.codes;
    const int last = codes.back();
    EXPECT_TRUE(permitted.contains(last) || last == 500 || last == 501 || last == 421)
        << text << " -> " << last;
  }

  // The states of a session in which any verb may come.
  static constexpr const char* kStates[] = {"connected",  "named",    "logged in",     "after RNFR",
                                            "after REST", "prepared", "in a transfer", "after EPSV ALL"};
  void bring_to(const std::string& state) {
    connect();
    if (state == "connected") return;
    say("USER alice");
    if (state == "named") return;
    say("PASS secret");
    password_is_right();
    if (state == "after REST") say("REST 7");
    if (state == "prepared" || state == "in a transfer") prepare_data();
    if (state == "after EPSV ALL") say("EPSV ALL");
    if (state == "in a transfer") {
      say("RETR big");
      opened();
    }
    if (state != "after RNFR") return;
    say("RNFR a");
    file_done();
  }
};

TEST_F(VerbTableTest, HasAnExampleHereForEachRowAndNoOther) {
  ASSERT_EQ(all_verbs().size(), std::size(kExamples));
  for (std::size_t i = 0; i < std::size(kExamples); ++i) EXPECT_EQ(all_verbs()[i].name, kExamples[i].verb);
}

TEST_F(VerbTableTest, FindsEachVerbAndNoOther) {
  for (const Verb& verb : all_verbs()) EXPECT_EQ(find_verb(verb.name), &verb);
  for (const auto* name : {"", "A", "ABO", "ABORT", "noop", "XYZZY", "ZZZZ", "SITE "})
    EXPECT_EQ(find_verb(name), nullptr);
}

TEST_F(VerbTableTest, NeedsALoginForEverythingBut) {
  const std::set<std::string_view> free = {"ABOR", "AUTH", "CCC",  "CLNT", "CSID", "FEAT",
                                           "HELP", "LANG", "NOOP", "OPTS", "PASS", "PBSZ",
                                           "PROT", "QUIT", "REIN", "SYST", "USER"};
  for (const Example& example : kExamples) {
    for (const auto* state : {"connected", "named"}) {
      bring_to(state);
      EXPECT_EQ(say(command(example)) != "530", free.contains(example.verb)) << example.verb;
    }
  }
}

TEST_F(VerbTableTest, Answers501ForAMissingArgument) {
  using enum Verb::Argument;
  for (const Verb& verb : all_verbs()) {
    const bool needs_one = verb.argument == required || verb.argument == path || verb.argument == new_path ||
                           verb.argument == word_and_path;
    for (const auto* end : {"", " "}) {
      log_in_again();
      const std::string answer = say(std::string(verb.name) + end);
      EXPECT_EQ(answer == "501", needs_one) << verb.name;
    }
  }
}

TEST_F(VerbTableTest, Answers501ForASuperfluousArgument) {
  for (const Verb& verb : all_verbs()) {
    if (verb.argument != Verb::Argument::none) continue;
    log_in_again();
    EXPECT_EQ(say(std::string(verb.name) + " x"), "501") << verb.name;
  }
}

// Which verb needs which permission, and its code without it; the others need none.
struct Need {
  std::string_view verb;
  Permission permission;
  std::string_view refusal;
};
const Need kNeeds[] = {
    {"APPE", Permission::append, "553"},   {"AVBL", Permission::upload, "550"},
    {"HASH", Permission::download, "550"}, {"DELE", Permission::remove, "550"},
    {"LIST", Permission::list, "550"},     {"MDTM", Permission::list, "550"},
    {"MFMT", Permission::mtime, "550"},    {"MKD", Permission::mkdir, "550"},
    {"MLSD", Permission::list, "550"},     {"MLST", Permission::list, "550"},
    {"NLST", Permission::list, "550"},     {"RETR", Permission::download, "550"},
    {"RMD", Permission::rmdir, "550"},     {"RNFR", Permission::rename, "550"},
    {"RNTO", Permission::rename, "553"},   {"SIZE", Permission::list, "550"},
    {"STOR", Permission::upload, "553"},   {"STOU", Permission::upload, "553"},
    {"XMKD", Permission::mkdir, "550"},    {"XRMD", Permission::rmdir, "550"},
};

const Need* need_of(std::string_view verb) {
  const auto found = std::ranges::find(kNeeds, verb, &Need::verb);
  return found == std::end(kNeeds) ? nullptr : found;
}

Permissions all_but(Permission missing) {
  Permissions others;
  for (int bit = 0; bit < 11; ++bit)
    if (const auto one = static_cast<Permission>(1 << bit); one != missing) others.add(one);
  return others;
}

TEST_F(VerbTableTest, RefusesAndReportsWhatIsNotPermitted) {
  for (const Example& example : kExamples) {
    const Need* need = need_of(example.verb);
    if (!need) continue;
    log_in_again({all_but(need->permission), {}, "", "users"});
    const std::string path = example.argument.empty() ? "/" : "/a";
    EXPECT_EQ(say(command(example)),
              std::string(need->refusal) + ", report " + std::string(need->verb) + " " + path + " by users");
    EXPECT_TRUE(session.is_idle());
  }
}

TEST_F(VerbTableTest, AllowsWithThatPermissionAloneAndTheRestWithNone) {
  for (const Example& example : kExamples) {
    const Need* need = need_of(example.verb);
    log_in_again({need ? Permissions{need->permission} : Permissions(), {}, "", "users"});
    EXPECT_EQ(say(command(example)).find("report"), std::string::npos) << example.verb;
  }
}

TEST_F(VerbTableTest, AsksForThePermissionAtThePathThatIsMeant) {
  log_in_again({Permissions::reading(), {Permission::upload}, "/incoming", "anonymous"});
  EXPECT_EQ(say("STOR a"), "553, report STOR /a by anonymous");
  EXPECT_EQ(say("STOR incoming/../a"), "553, report STOR /a by anonymous");
  EXPECT_EQ(say("RETR incoming/a"), "550, report RETR /incoming/a by anonymous");
  EXPECT_EQ(say("LIST -a incoming"), "550, report LIST /incoming by anonymous");
  EXPECT_EQ(say("STOR incoming/a"), "connect 192.0.2.7:40000, store /incoming/a (keep)");
}

TEST_F(VerbTableTest, AsksForThePermissionToListOnlyWhenStatHasAPath) {
  log_in_again({all_but(Permission::list), {}, "", "users"});
  EXPECT_EQ(say("STAT a"), "450, report STAT /a by users");
  EXPECT_EQ(say("STAT"), "211");
}

TEST_F(VerbTableTest, ReplacesAFileOnlyWithThePermissionToOverwrite) {
  log_in_again({{Permission::upload, Permission::rename}, {}, "", "users"});
  EXPECT_EQ(say("STOR a"), "connect 192.0.2.7:40000, store /a (keep)");
  finished();
  say("RNFR a");
  file_done();
  EXPECT_EQ(say("RNTO b"), "rename /a to /b (keep)");
}

TEST_F(VerbTableTest, AppendsToAMissingFileOnlyWithThePermissionToUpload) {
  log_in_again({{Permission::append, Permission::overwrite}, {}, "", "users"});
  EXPECT_EQ(say("APPE a"), "connect 192.0.2.7:40000, append /a (if there)");
}

TEST_F(VerbTableTest, AnswersWithPermittedCodesOnlyInEveryStateAndAtEveryFate) {
  const Outcome outcomes[] = {Outcome::complete,       Outcome::aborted, Outcome::refused,
                              Outcome::no_connection,  Outcome::stalled, Outcome::file_error,
                              Outcome::connection_lost};
  const int errors[] = {0,         ENOENT, EACCES, EPERM,   EEXIST, ENOTDIR,     EISDIR,
                        ENOTEMPTY, EINVAL, EXDEV,  ENOSPC,  EDQUOT, EFBIG,       EAGAIN,
                        EIO,       EMFILE, EROFS,  ETXTBSY, ELOOP,  ENAMETOOLONG};
  for (const Example& example : kExamples) {
    const bool writes = example.after_150 == kUploaded;
    for (const auto* state : kStates) {
      for (const auto& text : {command(example), std::string(example.verb), command(example) + " x"}) {
        for (const int error : errors) {
          for (const Outcome outcome : outcomes) {
            const bool is_error = outcome == Outcome::refused || outcome == Outcome::file_error;
            const bool needs_room = error == ENOSPC || error == EDQUOT || error == EFBIG;
            if (is_error && (error == 0 || (needs_room && !writes))) continue;
            bring_to(state);
            expect_permitted(example, std::string(state) + ": " + text, codes_of(text, {error, outcome}));
          }
        }
      }
    }
  }
}

TEST_F(VerbTableTest, Answers500ToAnUnknownVerbInEveryState) {
  for (const auto* state : kStates) {
    for (const auto* text : {"XYZZY", "XYZZY x", "", " NOOP", "NOOP\tx", "RET"}) {
      bring_to(state);
      if (!session.accepts({text})) finished();
      EXPECT_EQ(say(text), "500") << state << ": " << text;
    }
  }
}

TEST_F(VerbTableTest, Answers502ToAVerbThatIsKnownElsewhereAndIsNotAFault) {
  for (const auto* text : {"SMNT /a", "smnt", "ADAT", "P@SW", "HOST a.example", "XSHA256 a", "MAIL"}) {
    for (const auto* state : kStates) {
      bring_to(state);
      if (!session.accepts({text})) finished();
      EXPECT_EQ(say(text), "502") << state << ": " << text;
    }
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(say("ADAT"), "502");
  for (const Verb& verb : all_verbs()) EXPECT_FALSE(is_known_elsewhere(verb.name)) << verb.name;
}

// RFC 2389, section 3.2.
TEST_F(VerbTableTest, MakesFeatALineForEachExtension) {
  EXPECT_EQ(say("FEAT"), "211");
  EXPECT_EQ(encode({Code::features, last_text}),
            "211-Features:\r\n AUTH TLS\r\n AVBL\r\n CLNT\r\n CSID\r\n EPRT\r\n EPSV\r\n HASH "
            "SHA-256*;SHA-512;SHA-1;MD5;CRC32;\r\n LANG EN*\r\n MDTM\r\n MFMT\r\n "
            "MLST type*;size*;modify*;perm*;unique*;UNIX.mode*;UNIX.uid*;UNIX.gid*;\r\n PBSZ\r\n PROT\r\n "
            "RANG STREAM\r\n REST "
            "STREAM\r\n "
            "SIZE\r\n TVFS\r\n UTF8\r\n211 End\r\n");
}

TEST_F(VerbTableTest, MakesHelpOfEveryVerb) {
  EXPECT_EQ(say("HELP"), "214");
  for (const Verb& verb : all_verbs())
    EXPECT_NE(last_text.find("\n " + std::string(verb.name) + "\n"), std::string::npos);
  EXPECT_EQ(last_text.find("\n\n"), std::string::npos);
}

TEST_F(VerbTableTest, MakesHelpOfEachVerbInOneLine) {
  for (const Verb& verb : all_verbs()) {
    if (verb.name == "SITE") continue;  // it has a list of its own
    EXPECT_EQ(say("help " + std::string(verb.name)), "214");
    EXPECT_EQ(last_text, "Syntax: " + std::string(verb.name) + (verb.syntax.empty() ? "" : " ") +
                             std::string(verb.syntax));
  }
  EXPECT_EQ(say("HELP XYZZY"), "501");
}

}  // namespace
}  // namespace uvftpd
