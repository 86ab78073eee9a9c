// Reads a Session's actions as the words of a transcript ("150", "retrieve /pub/big.iso", "abort", "close"),
// so that a test is a dialogue: what the client says, what the server is told to do.
//
// Details that are not the default stand in parentheses: "store /a (image, from 7, keep)".
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocol/address.h"
#include "protocol/session.h"

namespace uvftpd {

class Words {
 public:
  std::string operator()(const SendReply& a) const { return std::to_string(static_cast<int>(a.reply.code)); }
  std::string operator()(const CheckPassword& a) const {
    return "check " + a.user + " " + std::string(a.password.view());
  }
  std::string operator()(const SecureControl&) const { return "secure"; }
  std::string operator()(const ExposeControl&) const { return "expose"; }
  std::string operator()(const RunFileRequest& a) const {
    std::string text = file_words(a.request.kind) + a.request.path;
    if (!a.request.new_path.empty()) text += " to " + a.request.new_path;
    if (a.request.kind == FileRequest::Kind::set_mode) text += " to " + std::to_string(a.request.mode);
    if (a.request.modified != Moment())
      text += " to " + std::to_string(a.request.modified.seconds) + "+" +
              std::to_string(a.request.modified.nanoseconds);
    return a.request.existing == Existing::keep ? text + " (keep)" : text;
  }
  std::string operator()(const ListenForData& a) const {
    return a.form == PassiveForm::pasv ? "listen pasv" : "listen epsv";
  }
  std::string operator()(const ConnectForData& a) const { return "connect " + to_string(a.peer); }
  std::string operator()(const ForgetData&) const { return "forget"; }
  std::string operator()(const StartTransfer& a) const {
    std::string details;
    const auto detail = [&details](const std::string& word) {
      details += (details.empty() ? "" : ", ") + word;
    };
    if (a.request.type == Type::image) detail("image");
    if (a.request.offset != 0) detail("from " + std::to_string(a.request.offset));
    if (a.request.last_byte) detail("to " + std::to_string(*a.request.last_byte));
    if (a.request.existing == Existing::keep) detail("keep");
    if (a.request.missing == Missing::refuse) detail("if there");
    if (a.request.protection == Protection::tls) detail("tls");
    if (!a.request.name_prefix.empty()) detail("as " + a.request.name_prefix);
    const std::string text = transfer_words(a.request.kind) + a.request.path;
    return details.empty() ? text : text + " (" + details + ")";
  }
  std::string operator()(const Abort&) const { return "abort"; }
  std::string operator()(const ReportRefusal& a) const {
    return "report " + a.verb + " " + a.path + " by " + (a.rule.empty() ? a.key : std::string(a.rule));
  }
  std::string operator()(const CloseControl&) const { return "close"; }

 private:
  static std::string file_words(FileRequest::Kind kind) {
    using enum FileRequest::Kind;
    switch (kind) {
      case enter_directory:
        return "enter ";
      case make_directory:
        return "make directory ";
      case remove_directory:
        return "remove directory ";
      case remove_file:
        return "remove file ";
      case rename_source:
        return "look for ";
      case rename:
        return "rename ";
      case size:
        return "size of ";
      case ascii_size:
        return "ascii size of ";
      case modification_time:
        return "time of ";
      case set_modification_time:
        return "set the time of ";
      case set_mode:
        return "set the mode of ";
      case available_space:
        return "space in ";
      case digest:
        return "digest of ";
      case listing:
        return "listing of ";
      case facts:
        return "facts of ";
    }
    return "? ";
  }
  static std::string transfer_words(TransferRequest::Kind kind) {
    using enum TransferRequest::Kind;
    switch (kind) {
      case retrieve:
        return "retrieve ";
      case store:
        return "store ";
      case store_unique:
        return "store anew ";
      case append:
        return "append ";
      case list:
        return "list ";
      case name_list:
        return "names of ";
      case fact_list:
        return "facts in ";
    }
    return "? ";
  }
};

inline std::string words(const Actions& actions) {
  std::string text;
  for (const Action& action : actions) text += (text.empty() ? "" : ", ") + std::visit(Words(), action);
  return text;
}

inline SocketAddress socket_address(std::string_view host, std::uint16_t port) {
  return {parse_address(host).value(), port};
}

inline Rights every_right() { return {Permissions::all(), {}, "", "users"}; }

// A Session that has said 220, and the server's side of the dialogue.
class SessionTest : public testing::Test {
 protected:
  using Outcome = TransferResult::Outcome;

  SessionTest() { EXPECT_EQ(note(session.connected()), "220"); }

  // What the client says.
  std::string say(std::string_view text) {
    Line line{std::string(text)};
    if (!session.accepts(line)) return "must wait";
    if (const auto waited = find_waiting(text); waited != waiting.end()) {
      line = *waited;
      waiting.erase(waited);
    }
    return note(session.line_received(line));
  }
  // A line comes that must wait.
  std::string wait_in_line(std::string_view text) {
    waiting.push_back({std::string(text)});
    return offer(waiting.back());
  }
  // The first of these lines is offered again.
  std::string still_waits(std::string_view text) { return offer(*find_waiting(text)); }
  std::vector<Line>::iterator find_waiting(std::string_view text) {
    return std::ranges::find_if(waiting, [&](const Line& line) { return line.text == text; });
  }
  std::string offer(Line& line) {
    EXPECT_FALSE(session.accepts(line)) << line.text.view();
    const Actions actions = session.line_waiting(line);
    if (!actions.empty()) line.took_effect = true;
    return note(actions);
  }

  // What the server answers.
  std::string password_is_right(const Rights& rights = every_right()) {
    return note(session.password_checked(rights));
  }
  std::string handshake(Handshake how) { return note(session.control_secured(how)); }
  std::string password_is_wrong() { return note(session.password_checked(std::nullopt)); }
  std::string file_done(int error = 0) { return note(session.file_request_done({.error = error})); }
  std::string listens_at(std::uint16_t port = 2000) {
    return note(session.listening(SocketAddress{local.host, port}));
  }
  std::string no_port() { return note(session.listening(std::nullopt)); }
  std::string opened(std::optional<std::uint64_t> bytes = std::nullopt) {
    return note(session.transfer_opened({bytes, {}}));
  }
  std::string finished(Outcome outcome = Outcome::complete, int error = 0) {
    return note(session.transfer_finished({.outcome = outcome, .error = error}));
  }

  // Scenes that many dialogues begin with.
  void log_in(const Rights& rights = every_right()) {
    EXPECT_EQ(say("USER alice"), "331");
    EXPECT_EQ(say("PASS secret"), "check alice secret");
    EXPECT_EQ(password_is_right(rights), "230");
  }
  void prepare_data() {
    EXPECT_EQ(say("PASV"), "listen pasv");
    EXPECT_EQ(listens_at(), "227");
  }
  void start_retrieve() {
    log_in();
    prepare_data();
    EXPECT_EQ(say("RETR big.iso"), "retrieve /big.iso");
    EXPECT_EQ(opened(), "150");
  }
  // A session anew, with other settings or addresses.
  void connect() {
    waiting.clear();
    session = Session(settings, local, peer);
    EXPECT_EQ(note(session.connected()), "220");
  }

  std::string note(const Actions& actions) {
    for (const Action& action : actions)
      if (const auto* sent = std::get_if<SendReply>(&action)) last_text = sent->reply.text;
    return words(actions);
  }

  SessionSettings settings{.banner = "Welcome."};
  SocketAddress local = socket_address("192.0.2.1", 21);
  SocketAddress peer = socket_address("192.0.2.7", 40000);
  Session session{settings, local, peer};
  std::vector<Line> waiting;
  std::string last_text;  // of the last reply
};

}  // namespace uvftpd
