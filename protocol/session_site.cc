// The handlers of what stands behind SITE: what Unix servers offer and no RFC has a verb for.
#include <charconv>

#include "protocol/session.h"
#include "protocol/timestamp.h"

namespace uvftpd {
namespace {

// The nine bits of access in octal: what would set an id or a sticky bit is no mode here.
std::optional<std::uint32_t> parse_mode(std::string_view text) {
  std::uint32_t mode = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  if (error != std::errc() || end != text.data() + text.size() || mode > 0777) return std::nullopt;
  return mode;
}

// Cuts the last word and the blanks before it off `text`.
std::string_view take_last_word(std::string_view& text) {
  const auto blank = text.rfind(' ');
  const auto word = text.substr(blank == std::string_view::npos ? 0 : blank + 1);
  text.remove_suffix(word.size());
  text = text.substr(0, text.find_last_not_of(' ') + 1);
  return word;
}

struct TimedName {
  std::string_view name;
  std::optional<Moment> moment;
};

// "20261123055117 name", or "name 20261123055117 20261123055117 20261123055117 UTC" with the times of access,
// modification and creation. Seconds may be left out.
TimedName parse_timed_name(std::string_view argument) {
  const auto parse = [](std::string_view word) {
    return parse_time_value(std::string(word) + (word.size() == 12 ? "00" : ""));
  };
  std::string_view rest = argument;
  if (upper_case(take_last_word(rest)) == "UTC") {
    take_last_word(rest);
    const auto modified = parse(take_last_word(rest));
    if (modified && parse(take_last_word(rest))) return {rest, modified};
  }
  const auto modified = parse(take_word(argument));
  return {argument, modified};
}

}  // namespace

void Session::site(const Command& command) {
  std::string_view rest = command.argument;
  Command inner = command;
  inner.verb = "SITE " + upper_case(take_word(rest));
  inner.argument = rest;
  const Verb* verb = find_site_verb(inner.verb);
  if (!verb) return reply(Code::unknown_command, "Unknown SITE command.");
  run_verb(*verb, std::move(inner));
}

void Session::site_help(const Command&) {
  std::string text = "These SITE commands are known:\n";
  for (const Verb& verb : all_site_verbs())
    text.append(" ")
        .append(verb.name)
        .append(verb.syntax.empty() ? "" : " ")
        .append(verb.syntax)
        .append("\n");
  reply(Code::help, text + "End");
}

void Session::site_chmod(const Command& command) {
  const auto mode = parse_mode(command.argument);
  if (!mode) return reply(Code::bad_argument, "Not a mode as 644.");
  FileRequest request{.kind = FileRequest::Kind::set_mode, .path = command.path, .mode = *mode};
  ask(std::move(request), Code::file_unavailable,
      [this](const FileResult&) { reply(Code::ok, "Mode changed."); });
}

void Session::site_utime(const Command& command) {
  const TimedName parsed = parse_timed_name(command.argument);
  if (!parsed.moment || parsed.name.empty())
    return reply(Code::bad_argument, "Not a time as YYYYMMDDhhmmss and a path.");
  Command named = command;
  if (!resolve(*find_site_verb("SITE UTIME"), parsed.name, named)) return;
  set_time(named.path, *parsed.moment, [this](const FileResult&) { reply(Code::ok, "Time changed."); });
}

void Session::site_idle(const Command& command) {
  const std::uint32_t longest = settings_->idle_seconds;
  auto seconds = parse_count(command.argument);
  if (!command.argument.empty() && (!seconds || *seconds < 1 || *seconds > longest))
    return reply(Code::bad_argument, "Only 1 to " + std::to_string(longest) + " seconds.");
  // Whole minutes: each time of its own costs the server a little.
  if (seconds && *seconds > 60) *seconds -= *seconds % 60;
  if (seconds) idle_seconds_ = static_cast<std::uint32_t>(*seconds);
  const std::string now = std::to_string(idle_seconds_.value_or(longest));
  reply(Code::ok, "The session ends after " + now + " seconds without a command or data.");
}

}  // namespace uvftpd
