// The names of users and groups, for listings.
//
// All are read the first time, which must be before the fences go up: behind them no file of the machine is
// opened. Who is added later is shown as a number until the next start.
#pragma once

#include <sys/types.h>

#include <string>

namespace uvftpd {

// The name, or where there is none the number.
std::string user_name(uid_t id);
std::string group_name(gid_t id);

}  // namespace uvftpd
