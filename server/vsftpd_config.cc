// No blank is taken off but in front of a name, and # makes a comment in the first column only: tried with
// vsftpd 3.0.3.
#include "server/vsftpd_config.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

#include "protocol/command.h"
#include "server/config_text.h"

namespace uvftpd {
namespace {

using Kind = VsftpdOption::Kind;

constexpr std::string_view kBlanks = " \t\v\f\r";

std::optional<bool> parse_yes_no(std::string_view text) {
  const std::string word = upper_case(text);
  if (word == "YES" || word == "TRUE" || word == "1") return true;
  if (word == "NO" || word == "FALSE" || word == "0") return false;
  return std::nullopt;
}

// With a leading 0 octal.
std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value, text.starts_with('0') ? 8 : 10);
  if (fault != std::errc() || stop != end) return std::nullopt;
  return value;
}

// How many bytes the character at the beginning of `text` takes; 0 where that is no UTF-8.
std::size_t length_of_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return 1;
  const std::size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < length) return 0;
  std::uint32_t character = byte(0) & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    character = (character << 6) | (byte(i) & 0x3f);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = character >= 0xd800 && character <= 0xdfff;
  return character < kLeast[length] || character > 0x10ffff || is_surrogate ? 0 : length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = length_of_character(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string proposal_for(std::string_view name) {
  if (name.ends_with(' ') || name.ends_with('\t')) return "; no blank may stand before the =";
  if (name.starts_with('#')) return "; a comment has its # in the first column";
  std::vector<std::string> names;
  for (const VsftpdOption& option : vsftpd_options()) names.emplace_back(option.name);
  const auto near = nearest(name, names);
  return near ? "; did you mean " + *near + '?' : "";
}

// What is wrong with the value; empty where nothing is.
std::string fault_of(const VsftpdOption& option, std::string_view value) {
  const std::string name(option.name);
  if (value.ends_with('\r')) return "the line ends in CR LF, and vsftpd takes the CR for a part of the value";
  if (value.empty() && option.kind != Kind::text) return name + " has no value";
  if (option.kind == Kind::yes_no && !parse_yes_no(value))
    return name + " must be YES or NO, and no blank may stand beside it, not " + shown(value);
  if (option.kind == Kind::number && !parse_number(value))
    return name + " must be a number, with a leading 0 an octal one, not " + shown(value);
  if (option.kind == Kind::text && (has_control_characters(value) || !is_utf8(value)))
    return name + " must be UTF-8 text without control characters";
  return {};
}

}  // namespace

const VsftpdSetting* VsftpdConfig::last(std::string_view name) const {
  const auto is_it = [&](const VsftpdSetting& setting) { return setting.option->name == name; };
  const auto found = std::find_if(settings_.rbegin(), settings_.rend(), is_it);
  return found == settings_.rend() ? nullptr : &*found;
}

std::string_view VsftpdConfig::text(std::string_view name) const {
  const VsftpdSetting* const setting = last(name);
  return setting ? std::string_view(setting->value) : find_vsftpd_option(name)->standard;
}

bool VsftpdConfig::yes(std::string_view name) const { return parse_yes_no(text(name)).value_or(false); }

std::uint32_t VsftpdConfig::number(std::string_view name) const {
  return parse_number(text(name)).value_or(0);
}

unsigned VsftpdConfig::line_of(std::string_view name) const {
  const VsftpdSetting* const setting = last(name);
  return setting ? setting->line : 0;
}

ReadVsftpdConfig read_vsftpd_config(std::string_view text, const std::string& file) {
  ReadVsftpdConfig read;
  const auto tell = [&](unsigned line, std::string message) {
    read.mistakes.push_back({file, line, 1, std::move(message)});
  };
  for (unsigned number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (number == 1 && line.starts_with("\xef\xbb\xbf")) {
      tell(number, "the file begins with a byte order mark, which vsftpd does not know");
      line.remove_prefix(3);
    }
    const std::size_t first = line.find_first_not_of(kBlanks);
    if (line.starts_with('#') || first == std::string_view::npos) continue;
    line.remove_prefix(first);

    const std::string_view name = line.substr(0, line.find('='));
    const std::string_view value = line.substr(std::min(line.size(), name.size() + 1));
    const VsftpdOption* const option = find_vsftpd_option(name);
    if (option == nullptr) {
      tell(number, "unknown option " + shown(name) + proposal_for(name));
    } else if (auto fault = fault_of(*option, value); !fault.empty()) {
      tell(number, std::move(fault));
    } else {
      read.config.add({option, std::string(value), number});
    }
  }
  return read;
}

}  // namespace uvftpd
