#include "protocol/command.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace uvftpd {

std::string upper_case(std::string_view text) {
  std::string upper(text);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return upper;
}

std::string_view take_word(std::string_view& text) {
  const auto end = text.find(' ');
  const auto word = text.substr(0, end);
  const auto next = text.find_first_not_of(' ', end);
  text.remove_prefix(next == std::string_view::npos ? text.size() : next);
  return word;
}

bool is_foreign_protocol(std::string_view verb) {
  static constexpr std::string_view kHttp[] = {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS",
                                               "PATCH",   "POST",   "PUT", "TRACE"};
  return verb.starts_with("SSH-") || std::find(std::begin(kHttp), std::end(kHttp), verb) != std::end(kHttp);
}

bool is_anonymous_name(std::string_view name) {
  const std::string upper = upper_case(name);
  return upper == "ANONYMOUS" || upper == "FTP";
}

std::string_view without_options(std::string_view argument) {
  static constexpr std::string_view kLetters = "1ACFLRSTadhlnrst";
  for (std::string_view rest = argument; rest.size() > 1 && rest.front() == '-'; argument = rest) {
    const auto letters = take_word(rest).substr(1);
    if (letters.find_first_not_of(kLetters) != std::string_view::npos) break;
  }
  return argument;
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

Command parse_command(std::string_view line) {
  const auto blank = line.find(' ');
  return {upper_case(line.substr(0, blank)),
          blank == std::string_view::npos ? std::string() : std::string(line.substr(blank + 1)),
          {},
          {},
          false};
}

}  // namespace uvftpd
