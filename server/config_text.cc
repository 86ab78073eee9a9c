// See the header. Every number from outside goes through std::from_chars.
#include "server/config_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>

#include "protocol/command.h"

namespace uvftpd {
namespace {

constexpr std::uint16_t kFirstUnprivilegedPort = 1024;
constexpr std::size_t kMaxHostName = 253;
constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMaxUserName = 255;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::optional<double> seconds_of_unit(std::string_view unit) {
  constexpr std::array<std::pair<std::string_view, double>, 6> kUnits = {
      {{"", 1}, {"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
  for (const auto& [name, seconds] : kUnits)
    if (name == unit) return seconds;
  return std::nullopt;
}

bool is_label(std::string_view label) {
  const auto may_stand = [](char c) { return is_letter(c) || is_digit(c) || c == '-'; };
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), may_stand);
}

// Levenshtein's: insertions, deletions and substitutions, a row of the table at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::optional<Milliseconds> time_from_seconds(double seconds) {
  constexpr double kMost = 1e9;  // some thirty years; beyond every option's range, and far from an overflow
  if (!(seconds >= 0 && seconds <= kMost)) return std::nullopt;  // so written, it also refuses nan
  return Milliseconds(std::llround(seconds * 1000));
}

std::optional<Milliseconds> parse_time(std::string_view text) {
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (fault != std::errc()) return std::nullopt;
  const auto unit = seconds_of_unit(std::string_view(stop, static_cast<std::size_t>(end - stop)));
  return unit ? time_from_seconds(number * *unit) : std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  static constexpr std::string_view kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  const auto* const found = std::find(std::begin(kUnits), std::end(kUnits), unit);
  if (fault != std::errc() || found == std::end(kUnits)) return std::nullopt;
  const auto shift = 10 * static_cast<unsigned>(found - std::begin(kUnits));
  if (number > (static_cast<std::uint64_t>(INT64_MAX) >> shift)) return std::nullopt;
  return number << shift;
}

std::optional<SocketAddress> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool has_colons = host.find(':') != std::string_view::npos;
  const auto address = parse_address(host);
  const auto port = parse_whole<std::uint16_t>(text.substr(colon + 1));
  if (!address || !port || bracketed != has_colons) return std::nullopt;
  return SocketAddress{*address, *port};
}

std::optional<PortRange> parse_port_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = parse_whole<std::uint16_t>(text.substr(0, dash));
  const auto last =
      dash == std::string_view::npos ? first : parse_whole<std::uint16_t>(text.substr(dash + 1));
  if (!first || !last || *first > *last || *first < kFirstUnprivilegedPort) return std::nullopt;
  return PortRange{*first, *last};
}

std::optional<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned whole = address->family == Address::Family::ipv4 ? 32 : 128;
  const auto length = slash == std::string_view::npos ? whole : parse_whole<unsigned>(text.substr(slash + 1));
  if (!length || *length > whole) return std::nullopt;
  return Network{*address, *length};
}

bool looks_like_host_name(std::string_view text) {
  if (text.size() > kMaxHostName) return false;
  if (std::none_of(text.begin(), text.end(), is_letter)) return false;
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control);
}

std::string_view fault_of_user_name(std::string_view name) {
  if (name.empty()) return "not be empty";
  if (name.size() > kMaxUserName) return "have at most 255 bytes";
  if (has_control_characters(name)) return "be without control characters";
  if (is_anonymous_name(name)) return "not be \"anonymous\" or \"ftp\": these two are the anonymous login";
  return {};
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const std::size_t near_enough = (word.size() + 2) / 3;
  std::size_t least = near_enough + 1;
  std::optional<std::string> best;
  for (const std::string& candidate : candidates) {
    const std::size_t letters = distance(word, candidate);
    if (letters >= least) continue;
    least = letters;
    best = candidate;
  }
  return best;
}

}  // namespace uvftpd
