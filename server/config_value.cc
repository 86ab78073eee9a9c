// The reading of one value; see the header.
#include "server/config_value.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "server/config_text.h"

namespace uvftpd {
namespace {

// In the order of Value::data's kinds.
constexpr std::array<std::string_view, 7> kKinds = {
    "a date or time", "true or false", "a whole number", "a number", "a string", "a list", "a table"};

std::string in_words(Milliseconds time) {
  const auto count = time.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

}  // namespace

Mistake mistake_at(const Place& place, std::string message) {
  return {place.file, place.line, place.column, std::move(message)};
}

std::string to_string(const Mistake& mistake) {
  return mistake.file + ':' + std::to_string(mistake.line) + ':' + std::to_string(mistake.column) + ": " +
         mistake.message;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 80;
  std::string quote = "\"" + std::string(text.substr(0, kMost)) + "\"";
  std::replace_if(
      quote.begin(), quote.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      '?');
  return text.size() <= kMost ? quote : quote + "...";
}

std::string joined(const std::vector<std::string>& parts, std::string_view last_joint) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? last_joint : ", ";
    text += parts[i];
  }
  return text;
}

void ValueReader::tell(std::string_view must) {
  mistakes_.push_back(mistake_at(value_.place, std::string(name_) + " must " + std::string(must)));
}

void ValueReader::refuse(std::string_view must) {
  std::string what(kKinds[value_.data.index()]);
  if (string() != nullptr) what = shown(*string());
  if (const auto* number = std::get_if<std::int64_t>(&value_.data)) what = std::to_string(*number);
  tell(std::string(must) + ", not " + what);
}

void ValueReader::read(bool& out) {
  if (const auto* value = std::get_if<bool>(&value_.data)) {
    out = *value;
  } else {
    refuse("be true or false");
  }
}

std::optional<std::uint64_t> ValueReader::whole(std::uint64_t least, std::uint64_t most) {
  if (const auto* number = std::get_if<std::int64_t>(&value_.data)) {
    if (std::cmp_greater_equal(*number, least) && std::cmp_less_equal(*number, most))
      return static_cast<std::uint64_t>(*number);
  }
  refuse("be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

void ValueReader::read_time(Milliseconds& out, Milliseconds least, Milliseconds most) {
  std::optional<Milliseconds> time;
  if (const auto* seconds = std::get_if<std::int64_t>(&value_.data))
    time = time_from_seconds(static_cast<double>(*seconds));
  else if (const auto* fraction = std::get_if<double>(&value_.data))
    time = time_from_seconds(*fraction);
  else if (string() != nullptr)
    time = parse_time(*string());

  if (time && *time >= least && *time <= most) {
    out = *time;
  } else {
    refuse("be a time such as 30, 1.5, \"500ms\", \"15m\" or \"2h\", from " + in_words(least) + " to " +
           in_words(most));
  }
}

void ValueReader::read_size(std::uint64_t& out) {
  std::optional<std::uint64_t> size;
  if (const auto* bytes = std::get_if<std::int64_t>(&value_.data); bytes && *bytes >= 0)
    size = static_cast<std::uint64_t>(*bytes);
  else if (string() != nullptr)
    size = parse_size(*string());
  if (size)
    out = *size;
  else
    refuse("be a number of bytes, or text such as \"64KiB\", \"10MiB\" or \"1GiB\"");
}

std::optional<std::string_view> ValueReader::text() {
  if (string() == nullptr) {
    refuse("be a string");
    return std::nullopt;
  }
  if (has_control_characters(*string())) {
    refuse("be without control characters");
    return std::nullopt;
  }
  return *string();
}

const Value::List* ValueReader::list() {
  const auto* list = std::get_if<Value::List>(&value_.data);
  if (list == nullptr) refuse("be a list: [ ... ]");
  return list;
}

std::optional<std::size_t> ValueReader::word_of(const std::vector<std::string>& words) {
  if (string() != nullptr) {
    const auto found = std::find(words.begin(), words.end(), *string());
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  }
  std::vector<std::string> in_quotes;
  for (const std::string& word : words) in_quotes.push_back(shown(word));
  refuse("be " + joined(in_quotes, " or "));
  return std::nullopt;
}

void ValueReader::read_absolute_path(std::string& out) {
  out.clear();
  const auto path = text();
  if (!path) return;
  if (path->starts_with('/')) {
    out = *path;
  } else {
    refuse("be an absolute path");
  }
}

}  // namespace uvftpd
