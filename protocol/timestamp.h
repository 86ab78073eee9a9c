// Points in time as FTP writes them, always UTC. Pure: the caller brings the time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace uvftpd {

// Seconds since 1970, fields of the calendar in UTC. Years outside 0 to 9999 are clamped to it.
struct CivilTime {
  int year, month, day, hour, minute, second;
};
CivilTime to_civil(std::int64_t seconds);

// YYYYMMDDHHMMSS (RFC 3659, section 2.3).
std::string format_time_value(std::int64_t seconds);

// A point in time as clients give it.
struct Moment {
  std::int64_t seconds = 0;  // since 1970
  std::uint32_t nanoseconds = 0;
  bool operator==(const Moment&) const = default;
};

// YYYYMMDDHHMMSS with an optional fraction ".digits"; none for anything else, dates that no calendar has
// included.
std::optional<Moment> parse_time_value(std::string_view text);

// The date column of `ls -l`, 12 characters: "Nov 23 06:31" where `seconds` is within the half year before
// `now` (or an hour ahead of it), else "Nov 23  2026".
std::string format_listing_date(std::int64_t seconds, std::int64_t now);

}  // namespace uvftpd
