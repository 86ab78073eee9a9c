// What the fuzz targets share: a promise that does not hold is a finding, the input in parts, and what more
// than one of them looks at.
//
// A target makes no file, reads no clock and keeps nothing from one input to the next: the same bytes find
// the same thing again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "protocol/path.h"

namespace uvftpd {

// libFuzzer keeps the input of a process that aborts, and shows where it did.
inline void demand(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "A promise does not hold: %s\n", promise);
  std::abort();
}

inline bool is_control_character(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
inline bool is_decimal_digit(char c) { return c >= '0' && c <= '9'; }

// An input: text from its beginning, so that a seed can be read, and numbers from its end.
class Input {
 public:
  Input(const std::uint8_t* bytes, std::size_t size) : rest_(reinterpret_cast<const char*>(bytes), size) {}

  // What is missing is 0.
  template <class Number>
  Number number() {
    Number value{};
    const std::size_t size = std::min(sizeof value, rest_.size());
    if (size > 0) std::memcpy(&value, rest_.data() + rest_.size() - size, size);
    rest_.remove_suffix(size);
    return value;
  }

  std::string_view text_until(char separator) {
    const auto end = rest_.find(separator);
    const auto text = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return text;
  }

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// What everything behind protocol/path may rely on.
inline bool is_normalised(std::string_view path) {
  if (!path.starts_with('/') || path.size() > kMaxPath) return false;
  if (path.find('\0') != std::string_view::npos || path.find('\n') != std::string_view::npos) return false;
  if (path == "/") return true;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto name = path.substr(0, path.find('/'));
    if (name.empty() || name == "." || name == ".." || name.size() > kMaxComponent) return false;
    path.remove_prefix(name.size());
  }
  return true;
}

// Within a line of the control connection: CR as CR NUL (RFC 2640, section 3.1), byte 255 doubled (RFC 854).
inline void demand_sendable(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char next = i + 1 < line.size() ? line[i + 1] : 'x';
    demand(line[i] != '\n' && line[i] != '\0', "no LF and no NUL stands alone in a line of a reply");
    if (line[i] == '\r') demand(next == '\0', "a CR in a line of a reply is CR NUL");
    if (line[i] == '\xff') demand(next == '\xff', "a byte 255 in a reply is doubled");
    if (line[i] == '\r' || line[i] == '\xff') ++i;
  }
}

// `wire` is one reply (RFC 959, section 4.2), and no client can take it for two.
inline void demand_one_reply(std::string_view wire) {
  const auto code = wire.substr(0, 3);
  demand(code.size() == 3 && code[0] >= '1' && code[0] <= '5' && code[1] >= '0' && code[1] <= '5' &&
             is_decimal_digit(code[2]),
         "a reply begins with a code of RFC 959");
  bool is_first = true, is_last = false;
  while (!wire.empty()) {
    const auto end = wire.find("\r\n");
    demand(end != std::string_view::npos, "each line of a reply ends in CRLF");
    const auto line = wire.substr(0, end);
    wire.remove_prefix(end + 2);
    demand(!is_last, "nothing stands behind the last line of a reply");
    is_last = line.starts_with(code) && line.substr(3, 1) == " ";
    if (!is_last && is_first)
      demand(line.starts_with(code) && line.substr(3, 1) == "-", "the first line of many has a hyphen");
    else if (!is_last)
      demand(line.empty() || !is_decimal_digit(line[0]), "no line within a reply looks like one");
    demand_sendable(line);
    is_first = false;
  }
  demand(is_last, "a reply has its last line");
}

}  // namespace uvftpd
