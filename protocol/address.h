// Addresses as the protocol speaks of them: PORT and EPRT arguments, 227 and 229 texts.
//
// Pure values, no sockets. An IPv4-mapped IPv6 address never appears: whoever makes an Address
// un-maps it first (unmapped), so equal hosts compare equal.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace uvftpd {

struct Address {
  enum class Family : std::uint8_t { ipv4, ipv6 };

  Family family = Family::ipv4;
  std::array<std::uint8_t, 16> bytes = {};  // network order; IPv4 uses the first four
  std::uint32_t scope = 0;                  // of a link-local IPv6 address: the interface's index

  auto operator<=>(const Address&) const = default;
};

struct SocketAddress {
  Address host;
  std::uint16_t port = 0;
  bool operator==(const SocketAddress&) const = default;
};

// ::ffff:a.b.c.d as a.b.c.d; any other address as it is.
Address unmapped(const Address& address);

// What one customer of a network mostly has: an IPv4 address, or an IPv6 /64 without its scope.
Address network_of(const Address& address);

// "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1" (un-mapped). No port, no brackets, no scope, no names.
std::optional<Address> parse_address(std::string_view text);
// RFC 5952's form for IPv6.
std::string to_string(const Address& address);
// "192.0.2.1:21", "[2001:db8::1]:21".
std::string to_string(const SocketAddress& address);

// A port: decimal digits only, 1 to 65535.
std::optional<std::uint16_t> parse_port(std::string_view text);

// h1,h2,h3,h4,p1,p2 of PORT and 227 (RFC 959, section 4.1.2).
std::optional<SocketAddress> parse_host_port(std::string_view argument);
std::string format_host_port(const SocketAddress& address);  // IPv4 only

// <d>net-prt<d>net-addr<d>tcp-port<d> of EPRT (RFC 2428, section 2).
struct ExtendedPort {
  enum class Fault : std::uint8_t { none, malformed, unknown_protocol };
  Fault fault = Fault::malformed;
  SocketAddress address;
};
ExtendedPort parse_extended_port(std::string_view argument);

}  // namespace uvftpd
