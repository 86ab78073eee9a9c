// Virtual paths: what a client names. Byte strings, normalised as text before anything else looks at them.
//
// Pure: no path is looked up here. The kernel confines what a path resolves to (server/storage); this
// file only makes "/a/b" out of a current directory and an argument, and never climbs above "/".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace uvftpd {

inline constexpr std::size_t kMaxPath = 4096;      // bytes, as Linux's PATH_MAX
inline constexpr std::size_t kMaxComponent = 255;  // bytes, as Linux's NAME_MAX

// `argument` as seen from `directory`, an absolute normalised path: "/pub" and "../a/./b" make "/a/b".
// None for a NUL or LF in it, a component over kMaxComponent or a result over kMaxPath.
std::optional<std::string> resolve_path(std::string_view directory, std::string_view argument);

// True when `path` is `directory` or lies below it. Both normalised.
bool is_within(std::string_view path, std::string_view directory);

// True when the last component may be the name of something new: no control characters (RFC 2640 names
// are UTF-8 text; one with a newline or an escape sequence in it only serves to deceive).
bool is_acceptable_new_name(std::string_view path);

// For a reply's text: control characters replaced by '?', so that a name cannot forge a reply line.
std::string printable(std::string_view text);

// Likewise, in double quotes, and quotes within it doubled (RFC 959, appendix II).
std::string quoted(std::string_view path);

}  // namespace uvftpd
