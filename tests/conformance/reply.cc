// The form of replies: what a careful client must understand is read, what the standard does not allow is
// noted.
#include "reply.h"

#include <cctype>
#include <cstdio>

#include "socket.h"

namespace conformance {

namespace {

constexpr char kIac = '\xff';
constexpr char kWill = '\xfb';

bool begins_with_code(std::string_view line) {
  return line.size() >= 3 && std::isdigit(static_cast<unsigned char>(line[0])) != 0 &&
         std::isdigit(static_cast<unsigned char>(line[1])) != 0 &&
         std::isdigit(static_cast<unsigned char>(line[2])) != 0;
}

}  // namespace

std::string Reply::text() const {
  std::string result;
  for (const std::string& line : lines) result += (result.empty() ? "" : "\n") + line;
  return result;
}

std::string printable(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    char escaped[5] = {letter, '\0'};
    if (static_cast<unsigned char>(letter) < 0x20 && letter != '\n') {
      std::snprintf(escaped, sizeof escaped, "\\x%02x", static_cast<unsigned>(letter));
    }
    result += escaped;
  }
  return result;
}

std::ostream& operator<<(std::ostream& stream, const Reply& reply) {
  stream << '"' << printable(reply.text()) << '"';
  for (const std::string& fault : reply.faults) stream << " (" << fault << ')';
  return stream;
}

void ReplyReader::append(std::string_view bytes) {
  raw_ += bytes;
  std::size_t i = 0;
  while (i < raw_.size()) {
    if (raw_[i] != kIac) {
      buffer_ += raw_[i++];
      continue;
    }
    if (i + 1 == raw_.size()) break;
    const std::size_t size = raw_[i + 1] >= kWill && raw_[i + 1] != kIac ? 3 : 2;
    if (i + size > raw_.size()) break;
    if (raw_[i + 1] == kIac) {
      buffer_ += kIac;
    } else {
      telnet_ += raw_.substr(i, size);
    }
    i += size;
  }
  raw_.erase(0, i);
}

std::optional<std::string> ReplyReader::line(std::vector<std::string>& faults, std::size_t& position) const {
  const std::size_t end = buffer_.find('\n', position);
  if (end == std::string::npos) return {};
  std::string result = buffer_.substr(position, end - position);
  position = end + 1;
  if (result.ends_with('\r')) {
    result.pop_back();
  } else {
    faults.emplace_back("a line ends in LF alone");
  }
  return result;
}

std::optional<Reply> ReplyReader::next() {
  Reply reply;
  std::size_t position = 0;
  auto first = line(reply.faults, position);
  if (!first) return {};
  if (!begins_with_code(*first)) throw Mishap("no reply, but \"" + printable(*first) + '"');
  const std::string code = first->substr(0, 3);
  if (code[0] < '1' || code[0] > '5') reply.faults.emplace_back("no code of RFC 959");
  reply.code = std::stoi(code);
  const bool has_more_lines = first->size() > 3 && (*first)[3] == '-';
  if (first->size() > 3 && !has_more_lines && (*first)[3] != ' ') {
    reply.faults.emplace_back("neither blank nor hyphen behind the code");
  }
  reply.lines.push_back(*std::move(first));
  for (bool last = !has_more_lines; !last;) {
    auto another = line(reply.faults, position);
    if (!another) return {};
    last = another->starts_with(code + ' ') || *another == code;
    if (!last && begins_with_code(*another)) {
      reply.faults.push_back("a line in the middle begins with digits: \"" + *another + '"');
    }
    reply.lines.push_back(*std::move(another));
  }
  buffer_.erase(0, position);
  return reply;
}

}  // namespace conformance
