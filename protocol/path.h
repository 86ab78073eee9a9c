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

// The path for a reply's text in double quotes, quotes within it doubled (RFC 959, appendix II), so that a
// client can send it back. A CR is sent as CR NUL (RFC 2640, section 3.1); a LF, which no path has here,
// would forge a reply's line.
std::string quoted(std::string_view path);

}  // namespace uvftpd
