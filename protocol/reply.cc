#include "protocol/reply.h"

namespace uvftpd {
namespace {

constexpr char kIac = '\xff';  // begins a Telnet command (RFC 854) unless it is doubled

bool begins_with_digit(std::string_view line) { return !line.empty() && line[0] >= '0' && line[0] <= '9'; }

}  // namespace

std::string encode(const Reply& reply) {
  const std::string code = std::to_string(static_cast<int>(reply.code));
  std::string wire;
  std::string_view rest = reply.text;
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const auto line = rest.substr(0, end);
    if (wire.empty())
      wire.append(code).append("-");
    else if (begins_with_digit(line))
      wire.append(" ");
    wire.append(line).append("\r\n");
    rest.remove_prefix(end + 1);
  }
  wire.append(code).append(" ").append(rest).append("\r\n");
  for (auto at = wire.find(kIac); at != std::string::npos; at = wire.find(kIac, at + 2))
    wire.insert(at, 1, kIac);
  return wire;
}

}  // namespace uvftpd
