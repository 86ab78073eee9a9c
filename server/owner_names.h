// The names of users and groups for listings, remembered: asking the system for each entry would cost more
// than everything else about it. Safe to call from any thread; may block.
#pragma once

#include <sys/types.h>

#include <string>

namespace uvftpd {

std::string user_name(uid_t id);  // the number where there is no name
std::string group_name(gid_t id);

}  // namespace uvftpd
