// The small notations of the configuration: times, ports, addresses and names in text.
//
// Pure: text in, value or nothing out; who asks knows the place and tells the mistake. Used for the files
// and for the command line alike.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/config.h"

namespace uvftpd {

// The whole of `text` as a decimal number that fits; no sign, no blanks.
template <std::unsigned_integral Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc() || stop != end) return std::nullopt;
  return value;
}

// "900" and "1.5" (seconds), "500ms", "30s", "15m", "2h", "1d". Never negative.
std::optional<Milliseconds> parse_time(std::string_view text);
std::optional<std::uint64_t> parse_size(std::string_view text);  // "64MiB": in bytes
std::optional<Milliseconds> time_from_seconds(double seconds);

// "0.0.0.0:21", "[::]:21"; port 0 is one of the system's choice.
std::optional<SocketAddress> parse_listen_address(std::string_view text);

// "49152-65535", or a single port. In order, and none of the privileged ones.
std::optional<PortRange> parse_port_range(std::string_view text);

// "10.0.0.0/8", "2001:db8::/32", or an address alone for itself.
std::optional<Network> parse_network(std::string_view text);

// What PASV may be told to name: letters, digits, hyphens and dots, not all of it numbers.
bool looks_like_host_name(std::string_view text);

bool has_control_characters(std::string_view text);

// What a user's name must do and this one does not ("not be empty"); empty where all is well.
std::string_view fault_of_user_name(std::string_view name);

// The candidate fewest letters away from `word`, if it is near enough to be meant.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace uvftpd
