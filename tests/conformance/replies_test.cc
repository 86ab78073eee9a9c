// Lines 26 to 51: each command in each state of a session gets a reply that the table of RFC 959, section 5.4
// permits, and where it should succeed or fail it does so with the code of its row. What the replies mean is
// tested elsewhere.
#include <functional>

#include "client.h"
#include "held_transfer.h"
#include "line.h"
#include "options.h"
#include "permitted_replies.h"
#include "place.h"

namespace conformance {
namespace {

const char* const kSection = "RFC 959 §5.4, table of replies";

const std::map<State, const char*> kStates = {
    {State::before_user, "before USER"},       {State::after_user, "behind USER"},
    {State::logged_in, "logged in"},           {State::after_rnfr, "behind RNFR"},
    {State::after_rest, "behind REST"},        {State::in_transfer, "in a transfer"},
    {State::after_epsv_all, "behind EPSV ALL"}};

// One command in one state, on a connection of its own.
class Trial {
 public:
  Trial(Place& place, const Row& row, State state) : place_(place), row_(row), state_(state) {}

  void run() {
    place_.write("file", "content");
    place_.make_directory("directory");
    reach();
    const bool wants_data = row_.data != nullptr && state_ != State::in_transfer && data_.is_open();
    client_.send(command());
    if (state_ == State::in_transfer) return expect_two_final_replies();
    Reply answer = client_.reply();
    const bool had_preliminary = answer.is_preliminary();
    if (had_preliminary) {
      if (wants_data) move_data();
      answer = client_.final_reply();
    }
    EXPECT_TRUE(is_permitted(row_, state_, had_preliminary, answer.code)) << what() << ": " << answer;
  }

 private:
  std::string what() const { return std::string(row_.verb) + ' ' + kStates.at(state_); }

  std::string command() {
    const std::string verb = row_.verb;
    if (verb == "USER") return "USER " + options().user;
    if (verb == "PASS") return "PASS " + options().password;
    if (verb != "PORT") return row_.line;
    listener_ = Socket::listen(client_.control().local().with_port(0));
    return port_command(listener_.local());
  }

  void reach() {
    if (state_ == State::before_user) return;
    if (state_ == State::after_user) {
      client_.demand("USER " + options().user, 331);
      return;
    }
    place_.enter(client_);
    client_.demand("TYPE I", 200);  // some take REST in no other type
    if (state_ == State::in_transfer) {
      held_.emplace(client_);
      return;
    }
    // RFC 2428 names no code for this one.
    if (state_ == State::after_epsv_all && !client_.command("EPSV ALL").is_completion()) {
      throw Mishap("EPSV ALL is refused");
    }
    // ABOR with a data connection open is another matter: 226, or 225.
    if (row_.data != nullptr) {
      const Reply answer =
          state_ == State::after_epsv_all ? client_.demand("EPSV", 229) : client_.demand("PASV", 227);
      data_ = Socket::connect(client_.control().peer().with_port(port_of_passive_reply(answer)));
    }
    if (state_ == State::after_rnfr) client_.demand("RNFR file", 350);
    if (state_ == State::after_rest) client_.demand("REST 2", 350);
  }

  void move_data() {
    data_.write(row_.data);
    if (*row_.data == '\0') data_.read_to_end();
    data_.close();
  }

  // The transfer's and the command's, in either order: only STAT, ABOR and the like are answered before its
  // end.
  void expect_two_final_replies() {
    held_->data.ends();
    bool had_preliminary = false;
    std::vector<Reply> replies;
    while (replies.size() < 2) {
      Reply answer = client_.reply();
      if (answer.is_preliminary()) {
        had_preliminary = true;
      } else {
        replies.push_back(std::move(answer));
      }
    }
    const Row& transfer = row_of("RETR");
    const auto fit = [&](const Reply& first, const Reply& second) {
      return is_permitted(transfer, state_, true, first.code) &&
             is_permitted(row_, state_, had_preliminary, second.code);
    };
    EXPECT_TRUE(fit(replies[0], replies[1]) || fit(replies[1], replies[0]))
        << what() << ": " << replies[0] << ", " << replies[1];
  }

  Place& place_;
  const Row& row_;
  State state_;
  Client client_;
  Socket data_;
  Socket listener_;
  std::optional<HeldTransfer> held_;
};

void expect_permitted_in_all_states(const std::string& verb) {
  const Row& row = row_of(verb);
  for (const auto& [state, name] : kStates) {
    SCOPED_TRACE(verb + ' ' + name);
    Place place;
    if (state == State::in_transfer) place.write_big("big");
    try {
      Trial(place, row, state).run();
    } catch (const Mishap& mishap) {
      ADD_FAILURE() << mishap.what();
    }
  }
}

// What a command answers in a place with "file" and an empty "directory", logged in.
void expect_code(const std::string& line, std::set<int> codes) {
  Place place;
  place.write("file", "content");
  place.make_directory("directory");
  Client client = place.client();
  const Reply answer = client.command(line);
  EXPECT_TRUE(codes.contains(answer.code)) << line << ": " << answer;
}

MUST(26, kSection, UserGetsAReplyOfItsRow) { expect_permitted_in_all_states("USER"); }

MUST(27, kSection, PassGetsAReplyOfItsRow) {
  expect_permitted_in_all_states("PASS");
  Client client;
  client.demand("USER " + options().user, 331);
  EXPECT_EQ(client.command("PASS certainly-wrong-5071").code, 530);
}

MUST(28, kSection, AcctGetsAReplyOfItsRow) { expect_permitted_in_all_states("ACCT"); }

MUST(29, kSection, CwdGetsAReplyOfItsRow) {
  expect_permitted_in_all_states("CWD");
  expect_code("CWD directory", {250});
  expect_code("CWD missing", {550});
}

MUST(30, kSection, CdupGetsAReplyOfItsRow) {
  expect_permitted_in_all_states("CDUP");
  expect_code("CDUP", {200, 250});
}

MUST(31, kSection, SmntGetsAReplyOfItsRow) { expect_permitted_in_all_states("SMNT"); }
MUST(32, kSection, ReinGetsAReplyOfItsRow) { expect_permitted_in_all_states("REIN"); }

MUST(33, kSection, QuitGetsAReplyOfItsRow) {
  expect_permitted_in_all_states("QUIT");
  expect_code("QUIT", {221});
}

MUST(34, kSection, PortGetsAReplyOfItsRow) {
  expect_permitted_in_all_states("PORT");
  expect_code("PORT 1,2,3", {500, 501});
}

MUST(35, kSection, PasvGetsAReplyOfItsRow) {
  expect_permitted_in_all_states("PASV");
  expect_code("PASV", {227});
}

MUST(36, kSection, ModeTypeAndStruGetAReplyOfTheirRow) {
  for (const char* verb : {"MODE", "TYPE", "STRU"}) expect_permitted_in_all_states(verb);
}

MUST(37, kSection, AlloGetsAReplyOfItsRow) { expect_permitted_in_all_states("ALLO"); }
MUST(38, kSection, RestGetsAReplyOfItsRow) { expect_permitted_in_all_states("REST"); }

MUST(39, kSection, StorAndStouGetAReplyOfTheirRow) {
  expect_permitted_in_all_states("STOR");
  expect_permitted_in_all_states("STOU");
  Place place;
  Client client = place.client();
  const Transfer refused = client.upload("STOR missing/file", "content");
  EXPECT_TRUE(
      is_permitted(row_of("STOR"), State::logged_in, refused.opening.is_preliminary(), refused.closing.code))
      << "STOR into a directory that is not there: " << refused.closing;
}

MUST(40, kSection, RetrGetsAReplyOfItsRow) {
  expect_permitted_in_all_states("RETR");
  Place place;
  const Transfer missing = place.client().download("RETR missing");
  EXPECT_EQ(missing.opening.code, 550) << missing.opening;
}

MUST(41, kSection, ListAndNlstGetAReplyOfTheirRow) {
  expect_permitted_in_all_states("LIST");
  expect_permitted_in_all_states("NLST");
}

MUST(42, kSection, AppeGetsAReplyOfItsRow) {
  expect_permitted_in_all_states("APPE");
  Place place;
  Client client = place.client();
  const Transfer refused = client.upload("APPE missing/file", "content");
  EXPECT_TRUE(
      is_permitted(row_of("APPE"), State::logged_in, refused.opening.is_preliminary(), refused.closing.code))
      << "APPE into a directory that is not there: " << refused.closing;
}

MUST(43, kSection, RnfrGetsAReplyOfItsRow) {
  expect_permitted_in_all_states("RNFR");
  expect_code("RNFR file", {350});
  expect_code("RNFR missing", {450, 550});
}

MUST(44, kSection, RntoGetsAReplyOfItsRow) {
  expect_permitted_in_all_states("RNTO");
  Place place;
  place.write("file", "");
  Client client = place.client();
  client.demand("RNFR file", 350);
  const Reply refused = client.command("RNTO missing/file");
  EXPECT_EQ(refused.code, 553) << refused;
}

MUST(45, kSection, DeleGetsAReplyOfItsRow) {
  expect_permitted_in_all_states("DELE");
  expect_code("DELE missing", {450, 550});
}

MUST(46, kSection, RmdGetsAReplyOfItsRow) {
  expect_permitted_in_all_states("RMD");
  expect_code("RMD directory", {250});
  expect_code("RMD missing", {550});
}

MUST(47, kSection, MkdAndPwdGetAReplyOfTheirRow) {
  expect_permitted_in_all_states("MKD");
  expect_permitted_in_all_states("PWD");
  expect_code("MKD directory", {550});
}

MUST(48, kSection, AborGetsAReplyOfItsRow) { expect_permitted_in_all_states("ABOR"); }

MUST(49, kSection, SystStatAndHelpGetAReplyOfTheirRow) {
  for (const char* verb : {"SYST", "STAT", "HELP"}) expect_permitted_in_all_states(verb);
  expect_code("STAT missing", {450});
}

MUST(50, kSection, SiteGetsAReplyOfItsRow) { expect_permitted_in_all_states("SITE"); }
MUST(51, kSection, NoopGetsAReplyOfItsRow) { expect_permitted_in_all_states("NOOP"); }

}  // namespace
}  // namespace conformance
