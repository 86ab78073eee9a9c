#include "server/log_line.h"

#include <algorithm>
#include <cstring>

namespace uvftpd {
namespace {

void append_escaped_byte(std::string& out, unsigned char byte, std::string_view prefix) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out.append(prefix).append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 0xf]);
}

// `\x1b` in text, `\u001b` in JSON (where a byte that is no ASCII stands for itself as if it were Latin-1:
// valid JSON, whatever the client sent).
void append_escaped(LogFormat format, std::string_view value, std::string& out) {
  const std::string_view prefix = format == LogFormat::json ? "\\u00" : "\\x";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f)
      append_escaped_byte(out, byte, prefix);
    else if (c == '"' || c == '\\')
      out.append("\\").append(1, c);
    else
      out += c;
  }
}

bool is_plain(std::string_view value) {
  constexpr auto is_plain_byte = [](char c) {
    return c > ' ' && c < 0x7f && c != '=' && c != '"' && c != '\\';
  };
  for (const char c : value)
    if (!is_plain_byte(c)) return false;
  return true;
}

bool may_hold_password(std::string_view value) {
  return value.find(":/") != std::string_view::npos && value.find('@') != std::string_view::npos;
}

// "ftp://alice:secret@host/" as somebody may paste it behind a verb; as a path it has one slash less.
std::string without_password(std::string_view value) {
  std::string text(value);
  for (auto colon = text.find(":/"); colon != std::string::npos; colon = text.find(":/", colon + 1)) {
    const auto begin = text.find_first_not_of('/', colon + 1);
    const auto end = std::min(text.find('/', begin), text.size());
    const auto at = text.substr(0, end).rfind('@');
    const auto word = text.find(':', begin);
    if (begin == std::string::npos || at == std::string::npos || word == std::string::npos || word > at)
      continue;
    text.replace(word + 1, at - word - 1, "***");
  }
  return text;
}

void append_value(LogFormat format, std::string_view value, std::size_t longest, std::string& line) {
  append_escaped(format, value.substr(0, longest), line);
  if (value.size() > longest) line += "...";
}

void append_quoted(LogFormat format, std::string_view value, std::size_t longest, std::string& line) {
  line += '"';
  append_value(format, value, longest, line);
  line += '"';
}

void append_field(LogFormat format, const LogField& field, std::size_t longest, std::string& line) {
  const std::string& text = field.value.text();
  if (text.empty()) return;
  if (format == LogFormat::json)
    line.append(",\"").append(field.key).append("\":");
  else
    line.append(" ").append(field.key).append("=");
  const bool is_word = format == LogFormat::text && is_plain(text) && text.size() <= longest;
  if (may_hold_password(text))
    append_quoted(format, without_password(text), longest, line);
  else if (is_word || field.value.is_number())
    line += text;
  else
    append_quoted(format, text, longest, line);
}

}  // namespace

LogValue::LogValue(Milliseconds time)
    : LogValue(
          std::to_string(time.count() / 1000) + '.' + std::to_string(1000 + time.count() % 1000).substr(1),
          Form::number) {}

LogValue name_of_error(int error) {
  if (error == 0) return "";
  const char* name = ::strerrorname_np(error);
  return name ? LogValue(name) : LogValue(static_cast<unsigned>(error));
}

void append_event(LogFormat format, std::string_view event, LogFields fields, std::size_t longest,
                  std::string& line) {
  if (format == LogFormat::json)
    line.append("\"event\":\"").append(event).append("\"");
  else
    line.append("event=").append(event);
  for (const LogField& field : fields) append_field(format, field, longest, line);
}

std::string json_object(LogFields fields) {
  std::string object;
  for (const auto& [key, value] : fields) {
    if (value.text().empty()) continue;
    object.append(",\"").append(key).append("\":");
    if (value.is_number())
      object += value.text();
    else
      append_quoted(LogFormat::json, value.text(), std::string::npos, object);
  }
  return object.empty() ? "{}" : '{' + object.substr(1) + '}';
}

std::string_view journal_prefix(Level level) {
  switch (level) {
    case Level::trace:
    case Level::debug:
      return "<7>";
    case Level::info:
      return "<6>";
    case Level::warning:
      return "<4>";
    case Level::error:
      break;
  }
  return "<3>";
}

bool is_journal_stream(std::string_view told, std::uint64_t device, std::uint64_t inode) {
  return !told.empty() && told == std::to_string(device) + ':' + std::to_string(inode);
}

}  // namespace uvftpd
