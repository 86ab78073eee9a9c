// The handlers of a Session's verbs of RFC 959 that need no data connection: access control, parameters,
// files, information.
#include "protocol/file_error.h"
#include "protocol/path.h"
#include "protocol/session.h"

namespace uvftpd {
namespace {

// Codes of TYPE, MODE and STRU: 504 for what RFC 959 knows and this server does not offer, 501 for the rest.
Reply parameter_reply(std::string_view code, std::string_view offered, std::string_view known) {
  if (code.size() == 1 && offered.find(code[0]) != std::string_view::npos) return {Code::ok, "Done."};
  if (code.size() == 1 && known.find(code[0]) != std::string_view::npos)
    return {Code::bad_parameter, "Not offered."};
  return {Code::bad_argument, "Not a parameter of this verb."};
}

}  // namespace

// ---- access control ----

void Session::user(const Command& command) {
  forget_login();
  user_ = command.argument.view();
  if (!may_log_in()) return;
  legacy().names_user = true;
  reply(Code::need_password, "Send the password; an anonymous guest sends an e-mail address.");
}

void Session::pass(const Command& command) {
  if (!command.before.names_user) return reply(Code::bad_sequence, "Send USER first.");
  activity_ = Activity::waiting;
  actions_.emplace_back(CheckPassword{user_, command.argument});
}

void Session::acct(const Command&) { reply(Code::superfluous, "No account is needed."); }

void Session::rein(const Command&) {
  forget_login();
  reply(Code::service_ready, settings_->banner);
  end_protection();
}

void Session::quit(const Command&) {
  reply(Code::goodbye, "Goodbye.");
  close();
}

// ---- transfer parameters ----

void Session::type(const Command& command) {
  const std::string code = upper_case(command.argument);
  if (code == "A" || code == "A N" || code == "A T") {  // RFC 1123, section 4.1.2.2: T is as good as N
    type_ = Type::ascii;
    reply(Code::ok, "Type is ASCII.");
  } else if (code == "I" || code == "L 8") {
    type_ = Type::image;
    reply(Code::ok, "Type is image.");
  } else {
    std::string_view rest = code;
    const Reply refusal = parameter_reply(take_word(rest), "", "AEIL");
    reply(refusal.code, refusal.text);
  }
}

void Session::mode(const Command& command) {
  const Reply answer = parameter_reply(upper_case(command.argument), "S", "BCZ");
  reply(answer.code, answer.text);
}

void Session::stru(const Command& command) {
  const Reply answer = parameter_reply(upper_case(command.argument), "F", "RP");
  reply(answer.code, answer.text);
}

void Session::allo(const Command& command) {
  std::string_view rest = command.argument;
  const auto bytes = parse_count(take_word(rest));
  const bool has_record = !rest.empty();
  const bool is_record = upper_case(take_word(rest)) == "R" && parse_count(rest);
  if (!bytes || (has_record && !is_record)) return reply(Code::bad_argument, "Not a number of bytes.");
  reply(Code::superfluous, "No storage needs to be allocated.");
}

// ---- directories ----

void Session::pwd(const Command&) {
  reply(Code::path_name, quoted(directory_) + " is the current directory.");
}
void Session::cwd(const Command& command) { enter(command.path); }
void Session::cdup(const Command&) { enter(*resolve_path(directory_, "..")); }

void Session::enter(const std::string& directory) {
  ask({FileRequest::Kind::enter_directory, directory}, Code::file_unavailable,
      [this, directory](const FileResult&) {
        directory_ = directory;
        reply(Code::action_done, "Directory changed.");
      });
}

void Session::mkd(const Command& command) {
  ask({FileRequest::Kind::make_directory, command.path}, Code::file_unavailable,
      [this, path = command.path](const FileResult&) { reply(Code::path_name, quoted(path) + " created."); });
}

void Session::rmd(const Command& command) {
  ask({FileRequest::Kind::remove_directory, command.path}, Code::file_unavailable,
      [this](const FileResult&) { reply(Code::action_done, "Directory removed."); });
}

// ---- files ----

void Session::dele(const Command& command) {
  ask({FileRequest::Kind::remove_file, command.path}, Code::file_unavailable,
      [this](const FileResult&) { reply(Code::action_done, "File removed."); });
}

void Session::rnfr(const Command& command) {
  ask({FileRequest::Kind::rename_source, command.path}, Code::file_unavailable,
      [this, path = command.path](const FileResult&) {
        legacy().rename_from = path;
        reply(Code::need_new_name, "Send RNTO with the new name.");
      });
}

void Session::rnto(const Command& command) {
  if (command.before.rename_from.empty()) return reply(Code::bad_sequence, "Send RNFR first.");
  const auto existing =
      rights_.allows(Permission::overwrite, command.path) ? Existing::replace : Existing::keep;
  ask({FileRequest::Kind::rename, command.before.rename_from, command.path, existing}, Code::name_not_allowed,
      [this](const FileResult&) { reply(Code::action_done, "Renamed."); });
}

// ---- information ----

void Session::noop(const Command&) { reply(Code::ok, "Done."); }
void Session::syst(const Command&) { reply(Code::system_type, "UNIX Type: L8"); }

void Session::help(const Command& command) {
  if (command.argument.empty()) {
    std::string text = "These verbs are known:\n";
    for (const Verb& verb : all_verbs())
      if (is_offered(verb)) text.append(" ").append(verb.name).append("\n");
    return reply(Code::help, text + "HELP with one of them tells its syntax.");
  }
  const Verb* verb = find_verb(upper_case(command.argument));
  if (!verb || !is_offered(*verb)) return reply(Code::bad_argument, "Unknown verb.");
  if (verb->handler == &Session::site) return site_help(command);  // RFC 959, section 4.1.3
  reply(Code::help, std::string("Syntax: ")
                        .append(verb->name)
                        .append(verb->syntax.empty() ? "" : " ")
                        .append(verb->syntax));
}

void Session::stat(const Command& command) {
  if (!command.argument.empty()) return stat_path(command);
  std::string text = "Status:\n Connected from " + to_string(peer_.host) + "\n Logged in\n TYPE: ";
  text += type_ == Type::ascii ? "ASCII" : "image";
  text += ", FORM: nonprint, STRUCTURE: file, MODE: stream\n ";
  if (control_ == Protection::tls)
    text += data_ == Protection::tls ? "TLS, also for data\n " : "TLS, but not for data\n ";
  if (is_at_work())
    text += std::string(activity_ == Activity::hashing ? "Digest" : "Transfer") + " in progress, " +
            std::to_string(progress_) + " bytes so far";
  else
    text += has_data_address_ ? "Ready for a transfer" : "No data connection";
  reply(Code::server_status, text + "\nEnd");
}

// RFC 959, section 4.1.3: as LIST, but on the control connection.
void Session::stat_path(Command command) {
  if (!resolve(*find_verb("STAT"), without_options(command.argument), command)) return;
  ask({FileRequest::Kind::listing, command.path}, Code::file_busy, [this](const FileResult& found) {
    std::string text = "Status:\n";
    for (const char c : found.text)
      if (c != '\r') text += c;
    reply(Code::file_status, text + "End");
  });
}

}  // namespace uvftpd
