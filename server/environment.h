// What whoever started the daemon says in its environment: read once, and not passed on. To be used before
// there is a second thread.
#pragma once

#include <concepts>
#include <cstdlib>
#include <optional>
#include <string>

#include "server/config_text.h"

namespace uvftpd {

inline std::optional<std::string> take_from_environment(const char* name) {
  const char* const found = ::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  if (!found) return std::nullopt;
  std::string text = found;
  ::unsetenv(name);  // NOLINT(concurrency-mt-unsafe)
  return text;
}

// None, too, where it is no number and nothing else.
template <std::unsigned_integral Number>
std::optional<Number> take_number_from_environment(const char* name) {
  const auto text = take_from_environment(name);
  return text ? parse_whole<Number>(*text) : std::nullopt;
}

}  // namespace uvftpd
