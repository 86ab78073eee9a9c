// The log: one event a line, on stderr or in a file. How a line is written is log_line's.
//
// Of one client there are so many lines at a time and then a count (LogThrottle). Passwords are never handed
// in. Used on the control loop only.
#pragma once

#include <string_view>

#include "server/config.h"
#include "server/log_line.h"

namespace uvftpd {

// To stderr, also what goes wrong before there is another target. Where stderr is the journal it gets what it
// asks for instead of a time: each line's priority.
void begin_log(const Config::Log& settings);

// To the target: 0, or the errno of opening it.
int open_log(const Config::Log& settings);

// The file was renamed away: 0, or the errno of opening it anew, and then the old one is gone on with. May be
// called behind the fences, where log_directory() is writable; -1: there is no file.
int reopen_log();
int log_directory();

// From here on what went well is kept until flush_log(), and leaves with one system call; a warning takes
// along what was kept before it. For a loop that flushes before its replies leave, and at the end of each
// turn. At the levels "debug" and "trace" nothing is kept: they are for what comes before a crash.
void keep_lines_until_flushed();
void flush_log();

bool is_logged(Level level);
void log_event(Level level, std::string_view event, LogFields fields);

// What went well, at the level "info": work is told, however much it is, and names are told whole.
void log_work(std::string_view event, LogFields fields);

}  // namespace uvftpd
