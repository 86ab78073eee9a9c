// The handlers of a Session's verbs that came after RFC 959 and need no data connection: feature negotiation
// (RFC 2389), facts about files (RFC 3659), and what clients say of themselves and of their language (RFC
// 2640).
#include <algorithm>

#include "protocol/listing.h"
#include "protocol/session.h"
#include "protocol/timestamp.h"

namespace uvftpd {
namespace {

// RFC 2640, section 4.1: one to eight letters, more of them behind hyphens.
bool is_language_tag(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  while (true) {
    const auto part = text.substr(0, text.find('-'));
    if (part.empty() || part.size() > 8 || !std::all_of(part.begin(), part.end(), is_letter)) return false;
    if (part.size() == text.size()) return true;
    text.remove_prefix(part.size() + 1);
  }
}

}  // namespace

// ---- negotiation ----

void Session::feat(const Command&) {
  std::string text = "Features:\n";
  for (const Verb& verb : all_verbs())
    if (verb.name == "MLST")
      text.append(" MLST ").append(all_facts_starred(facts_)).append("\n");
    else if (verb.name == "HASH")
      text.append(" HASH ").append(all_digests_starred(digest_)).append("\n");
    else if (!verb.feature.empty() && is_offered(verb))
      text.append(" ").append(verb.feature).append("\n");
  reply(Code::features, text + " TVFS\n UTF8\nEnd");
}

void Session::opts(const Command& command) {
  std::string_view value = command.argument;
  const std::string name = upper_case(take_word(value));
  if (name == "MLST") {
    facts_ = FactSet::parse(value);
    return reply(Code::ok, "MLST OPTS" + (facts_ == FactSet() ? "" : " " + to_string(facts_)));
  }
  if (name == "HASH") return choose_digest(value);
  if (name != "UTF8") return reply(Code::bad_argument, "No such option.");
  if (value.empty() || upper_case(value) == "ON") return reply(Code::ok, "Names are UTF-8.");
  reply(Code::bad_argument, "Names are always UTF-8.");
}

// draft-bryan-ftpext-hash, section 3.2.
void Session::choose_digest(std::string_view name) {
  const auto chosen = parse_digest_algorithm(name);
  if (!name.empty() && !chosen) return reply(Code::bad_argument, "Unknown algorithm.");
  digest_ = chosen.value_or(digest_);
  reply(Code::ok, std::string(to_string(digest_)));
}

void Session::lang(const Command& command) {
  const std::string tag = upper_case(command.argument);
  if (tag.empty() || tag == "EN") return reply(Code::ok, "Replies are in English.");
  if (is_language_tag(tag)) return reply(Code::bad_parameter, "Only EN, English.");
  reply(Code::bad_argument, "Not a language tag.");
}

void Session::clnt(const Command&) { reply(Code::ok, "Noted."); }

// The client tells who it is and is told likewise, but no version (draft-peterson-streamlined-ftp).
void Session::csid(const Command&) { reply(Code::ok, "Name=uvftpd; CaseSensitive=1; DirSep=/;"); }

// ---- facts about files ----

// draft-bryan-ftpext-hash, section 3.
void Session::hash(const Command& command) {
  const DigestQuery query{digest_, command.before.restart_at, command.before.last_byte};
  FileRequest request{.kind = FileRequest::Kind::digest, .path = command.path, .digest = query};
  const auto tell = [this, query, path = command.path](const FileResult& found) {
    const std::uint64_t last = query.first + (found.size > 0 ? found.size - 1 : 0);
    reply(Code::file_status, std::string(to_string(query.algorithm)) + " " + std::to_string(query.first) +
                                 "-" + std::to_string(last) + " " + found.text + " " + name_as_sent(path));
  };
  ask(std::move(request), Code::file_unavailable, tell, Activity::hashing);
}

// draft-peterson-streamlined-ftp-command-extensions, section 4.
void Session::avbl(const Command& command) {
  ask({.kind = FileRequest::Kind::available_space, .path = command.path}, Code::file_unavailable,
      [this](const FileResult& found) { reply(Code::file_status, std::to_string(found.size)); });
}

void Session::mlst(const Command& command) {
  FileRequest request{.kind = FileRequest::Kind::facts, .path = command.path, .query = {facts_, rights_}};
  ask(std::move(request), Code::file_unavailable, [this, path = command.path](const FileResult& found) {
    reply(Code::action_done, "Facts:\n " + found.text + " " + name_as_sent(path) + "\nEnd");
  });
}

void Session::size(const Command& command) {
  const auto kind = type_ == Type::ascii ? FileRequest::Kind::ascii_size : FileRequest::Kind::size;
  ask({kind, command.path}, Code::file_unavailable,
      [this](const FileResult& found) { reply(Code::file_status, std::to_string(found.size)); });
}

// With a time before the path it is MFMT, as clients sent it before there was MFMT.
void Session::mdtm(const Command& command) {
  std::string_view name = command.argument;
  if (parse_time_value(take_word(name)) && !name.empty()) return run_verb(*find_verb("MFMT"), command);
  Command named = command;
  if (!resolve(*find_verb("MDTM"), command.argument, named)) return;
  ask({FileRequest::Kind::modification_time, named.path}, Code::file_unavailable,
      [this](const FileResult& found) { reply(Code::file_status, format_time_value(found.modified)); });
}

// draft-somers-ftp-mfxx, section 3: the time that the file has afterwards is told, which may be another.
void Session::mfmt(const Command& command) {
  const auto moment = parse_time_value(command.argument);
  if (!moment) return reply(Code::bad_argument, "Not a time as YYYYMMDDhhmmss.");
  set_time(command.path, *moment, [this, path = command.path](const FileResult& changed) {
    reply(Code::file_status, "Modify=" + format_time_value(changed.modified) + "; " + name_as_sent(path));
  });
}

void Session::set_time(const std::string& path, const Moment& moment, OnSuccess on_success) {
  FileRequest request{.kind = FileRequest::Kind::set_modification_time, .path = path, .modified = moment};
  ask(std::move(request), Code::file_unavailable, std::move(on_success));
}

}  // namespace uvftpd
