// The log: one event a line, `event=login session=7 client=192.0.2.1 user=alice`, or as JSON.
//
// Values come from clients: they are escaped here, in one place, and cut; of one client there are so many
// lines at a time and then a count (LogThrottle). Passwords are never handed in. Used on the control loop
// only.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "server/config.h"

namespace uvftpd {

enum class Level : std::uint8_t { debug, info, warning, error };

struct LogField {
  std::string_view key;
  std::string value;
};

// To stderr, also what goes wrong before there is another target.
void begin_log(const Config::Log& settings);

// To the target: 0, or the errno of opening it.
int open_log(const Config::Log& settings);

bool is_logged(Level level);
void log_event(Level level, std::string_view event, std::initializer_list<LogField> fields);

}  // namespace uvftpd
