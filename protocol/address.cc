#include "protocol/address.h"

#include <algorithm>
#include <charconv>
#include <span>

namespace uvftpd {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// The whole of `text` as a number without sign or blanks.
template <class Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Cuts what lies before `separator` off `text`; all of it when there is none.
std::string_view cut(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  const auto head = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return head;
}

bool parse_bytes(std::string_view text, char separator, std::span<std::uint8_t> out) {
  if (std::count(text.begin(), text.end(), separator) != static_cast<std::ptrdiff_t>(out.size()) - 1)
    return false;
  for (auto& byte : out) {
    const auto number = parse_number<std::uint8_t>(cut(text, separator));
    if (!number) return false;
    byte = *number;
  }
  return true;
}

std::optional<Address> parse_ipv4(std::string_view text) {
  Address address;
  if (!parse_bytes(text, '.', std::span(address.bytes).first<4>())) return std::nullopt;
  return address;
}

// The groups of one side of "::", as bytes at the start of `out`; how many, or none if malformed.
std::optional<std::size_t> parse_groups(std::string_view text, std::array<std::uint8_t, 16>& out) {
  std::size_t size = 0;
  while (!text.empty()) {
    const bool is_last = text.find(':') == std::string_view::npos;
    if (is_last && text.find('.') != std::string_view::npos) {
      if (size > 12 || !parse_bytes(text, '.', std::span(out).subspan(size, 4))) return std::nullopt;
      return size + 4;
    }
    const auto group = cut(text, ':');
    const auto number = parse_number<std::uint16_t>(group, 16);
    if (!number || group.size() > 4 || size > 14 || (!is_last && text.empty())) return std::nullopt;
    out[size++] = static_cast<std::uint8_t>(*number >> 8);
    out[size++] = static_cast<std::uint8_t>(*number & 0xff);
  }
  return size;
}

std::optional<Address> parse_ipv6(std::string_view text) {
  Address address{.family = Address::Family::ipv6, .bytes = {}, .scope = 0};
  const auto gap = text.find("::");
  if (gap == std::string_view::npos) {
    if (parse_groups(text, address.bytes) != 16) return std::nullopt;
    return unmapped(address);
  }
  std::array<std::uint8_t, 16> tail{};
  const auto head = text.substr(0, gap);
  if (head.find('.') != std::string_view::npos) return std::nullopt;  // a dotted quad can only come last
  const auto front = parse_groups(head, address.bytes);
  const auto back = parse_groups(text.substr(gap + 2), tail);
  if (!front || !back || *front + *back > 14) return std::nullopt;
  std::copy_n(tail.begin(), *back, address.bytes.end() - static_cast<std::ptrdiff_t>(*back));
  return unmapped(address);
}

// RFC 5952: the longest run of two or more zero groups (the first of equals) becomes "::".
std::pair<int, int> longest_gap(const std::array<std::uint16_t, 8>& groups) {
  std::pair<int, int> best = {-1, 1};  // where, how many
  for (int i = 0; i < 8; ++i) {
    int end = i;
    while (end < 8 && groups[static_cast<std::size_t>(end)] == 0) ++end;
    if (end - i > best.second) best = {i, end - i};
    i = std::max(i, end);
  }
  return best;
}

std::string hexadecimal(std::uint16_t number) {
  char digits[4];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number, 16);
  return {digits, end};
}

}  // namespace

Address unmapped(const Address& address) {
  if (address.family == Address::Family::ipv4 ||
      !std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes.begin()))
    return address;
  Address ipv4;
  std::copy_n(address.bytes.begin() + 12, 4, ipv4.bytes.begin());
  return ipv4;
}

Address network_of(const Address& address) {
  if (address.family == Address::Family::ipv4) return address;
  Address network{address.family, address.bytes, 0};
  std::fill(network.bytes.begin() + 8, network.bytes.end(), std::uint8_t{0});
  return network;
}

std::optional<Address> parse_address(std::string_view text) {
  return text.find(':') == std::string_view::npos ? parse_ipv4(text) : parse_ipv6(text);
}

std::string to_string(const Address& address) {
  std::string text;
  if (address.family == Address::Family::ipv4) {
    for (std::size_t i = 0; i < 4; ++i) text.append(i ? "." : "").append(std::to_string(address.bytes[i]));
    return text;
  }
  std::array<std::uint16_t, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i)
    groups[i] = static_cast<std::uint16_t>(address.bytes[2 * i] << 8 | address.bytes[2 * i + 1]);
  const auto [gap, length] = longest_gap(groups);
  for (int i = 0; i < 8; ++i) {
    if (i == gap) {
      text += "::";
      i += length - 1;
    } else {
      if (!text.empty() && !text.ends_with(':')) text += ':';
      text += hexadecimal(groups[static_cast<std::size_t>(i)]);
    }
  }
  return text;
}

std::string to_string(const SocketAddress& address) {
  const std::string host = to_string(address.host);
  const std::string port = std::to_string(address.port);
  return address.host.family == Address::Family::ipv4 ? host + ":" + port : "[" + host + "]:" + port;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  const auto port = parse_number<std::uint16_t>(text);
  return port && *port > 0 ? port : std::nullopt;
}

std::optional<SocketAddress> parse_host_port(std::string_view argument) {
  std::array<std::uint8_t, 6> numbers{};
  if (!parse_bytes(argument, ',', numbers)) return std::nullopt;
  SocketAddress address;
  std::copy_n(numbers.begin(), 4, address.host.bytes.begin());
  address.port = static_cast<std::uint16_t>(numbers[4] << 8 | numbers[5]);
  return address;
}

std::string format_host_port(const SocketAddress& address) {
  std::string text;
  for (std::size_t i = 0; i < 4; ++i) text += std::to_string(address.host.bytes[i]) + ",";
  return text + std::to_string(address.port >> 8) + "," + std::to_string(address.port & 0xff);
}

ExtendedPort parse_extended_port(std::string_view argument) {
  ExtendedPort result;
  if (argument.empty()) return result;
  const char delimiter = argument.front();
  if (delimiter < 33 || delimiter > 126 || !argument.ends_with(delimiter) ||
      std::count(argument.begin(), argument.end(), delimiter) != 4)
    return result;
  argument.remove_prefix(1);
  const auto protocol = parse_number<unsigned>(cut(argument, delimiter));
  const auto host = cut(argument, delimiter);
  const auto port = parse_port(cut(argument, delimiter));
  if (!protocol || !port) return result;
  result.fault = ExtendedPort::Fault::unknown_protocol;
  if (*protocol != 1 && *protocol != 2) return result;

  const auto address = parse_address(host);
  const bool is_named_ipv6 = host.find(':') != std::string_view::npos;
  result.fault = ExtendedPort::Fault::malformed;
  if (!address || is_named_ipv6 != (*protocol == 2)) return result;
  // A mapped address is IPv4's business, whatever it looks like.
  if (is_named_ipv6 && address->family == Address::Family::ipv4)
    return {ExtendedPort::Fault::unknown_protocol, {}};
  return {ExtendedPort::Fault::none, {*address, *port}};
}

}  // namespace uvftpd
