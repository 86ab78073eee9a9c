#include "server/session_row.h"

#include <array>
#include <charconv>

#include "server/config_text.h"

namespace uvftpd {
namespace {

constexpr std::string_view kKind = "session";
constexpr std::size_t kFields = 11;

void append_escaped(std::string_view text, std::string& line) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f && byte != '%')
      line += c;
    else
      line.append(1, '%').append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 0xf]);
  }
}

std::string unescaped(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    if (text[i] != '%' || i + 2 >= text.size()) {
      bytes += text[i];
      continue;
    }
    std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
    bytes += static_cast<char>(byte);
    i += 2;
  }
  return bytes;
}

std::uint64_t number(std::string_view text) { return parse_whole<std::uint64_t>(text).value_or(0); }

}  // namespace

std::string encode(const SessionRow& row) {
  std::string line(kKind);
  const auto add = [&line](std::string_view text) {
    line += '\t';
    append_escaped(text, line);
  };
  add(std::to_string(row.id));
  for (const std::string* text : {&row.client, &row.user, &row.protection}) add(*text);
  add(std::to_string(row.seconds));
  for (const std::string* text : {&row.verb, &row.path}) add(*text);
  for (const std::uint64_t count : {row.bytes, row.size, row.milliseconds}) add(std::to_string(count));
  return line + '\n';
}

std::optional<SessionRow> decode_session(std::string_view line) {
  std::array<std::string_view, kFields> fields;
  std::size_t count = 0;
  for (bool is_over = false; !is_over && count < kFields;) {
    const std::size_t tab = line.find('\t');
    fields[count++] = line.substr(0, tab);
    is_over = tab == std::string_view::npos;
    if (!is_over) line.remove_prefix(tab + 1);
  }
  if (count != kFields || fields[0] != kKind) return std::nullopt;
  return SessionRow{.id = number(fields[1]),
                    .client = unescaped(fields[2]),
                    .user = unescaped(fields[3]),
                    .protection = unescaped(fields[4]),
                    .seconds = number(fields[5]),
                    .verb = unescaped(fields[6]),
                    .path = unescaped(fields[7]),
                    .bytes = number(fields[8]),
                    .size = number(fields[9]),
                    .milliseconds = number(fields[10])};
}

}  // namespace uvftpd
