// A reply, and the strict reader of its form (RFC 959, section 4.2; RFC 854 for what Telnet mixes in).
// It reads bytes that it is given; it has no socket.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace conformance {

struct Reply {
  int code = 0;
  std::vector<std::string> lines;   // without CRLF
  std::vector<std::string> faults;  // where its form is not the standard's

  bool is_preliminary() const { return code / 100 == 1; }
  bool is_completion() const { return code / 100 == 2; }
  bool is_refusal() const { return code >= 400; }
  std::string text() const;  // all its lines
};

// For failures: control characters would hide what they say.
std::string printable(std::string_view text);
std::ostream& operator<<(std::ostream& stream, const Reply& reply);

class ReplyReader {
 public:
  void append(std::string_view bytes);
  // The next reply, if all of it is here. Throws Mishap where no code begins it.
  std::optional<Reply> next();
  bool has_bytes() const { return !buffer_.empty(); }
  // The Telnet commands that came between the replies.
  const std::string& telnet() const { return telnet_; }

 private:
  std::optional<std::string> line(std::vector<std::string>& faults, std::size_t& position) const;

  std::string raw_;     // what may be half of a Telnet command
  std::string buffer_;  // text only
  std::string telnet_;
};

}  // namespace conformance
