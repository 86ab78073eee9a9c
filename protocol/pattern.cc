#include "protocol/pattern.h"

#include <cstddef>

namespace uvftpd {
namespace {

constexpr auto kNone = std::string_view::npos;

// Matches `c` against the one-character pattern at `at`, and moves `at` behind it.
bool matches_one(std::string_view pattern, std::size_t& at, char c) {
  const char first = pattern[at++];
  if (first == '?') return true;
  const auto end = first == '[' ? pattern.find(']', at + 1) : kNone;
  if (end == kNone) return first == c;

  auto set = pattern.substr(at, end - at);
  at = end + 1;
  const bool is_negated = set.size() > 1 && (set[0] == '!' || set[0] == '^');
  if (is_negated) set.remove_prefix(1);
  bool is_in = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const bool is_range = i + 2 < set.size() && set[i + 1] == '-';
    const char last = is_range ? set[i + 2] : set[i];
    if (set[i] <= c && c <= last) is_in = true;
    if (is_range) i += 2;
  }
  return is_in != is_negated;
}

}  // namespace

bool has_wildcard(std::string_view name) { return name.find_first_of("*?[") != std::string_view::npos; }

bool matches_pattern(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.')) return false;
  std::size_t p = 0, n = 0;
  std::size_t star = kNone, retry = 0;  // behind the last `*`, and where the name went on from there
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      retry = n;
      continue;
    }
    if (p < pattern.size() && matches_one(pattern, p, name[n])) {
      ++n;
      continue;
    }
    // Only the last star ever needs another try: that is what keeps this from growing exponentially.
    if (star == kNone) return false;
    p = star;
    n = ++retry;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace uvftpd
