// Patterns for names, as clients send them to LIST and NLST: `*`, `?` and `[a-z]` in one path component.
// Pure.
#pragma once

#include <string_view>

namespace uvftpd {

bool has_wildcard(std::string_view name);

// The whole of `name`, in time bounded by the product of the lengths whatever the pattern. A leading dot is
// matched by a dot only, as in a shell.
bool matches_pattern(std::string_view pattern, std::string_view name);

}  // namespace uvftpd
