// What a configuration amounts to, in plain sentences for the administrator (`uvftpd check`).
#pragma once

#include <string>

#include "server/config.h"

namespace uvftpd {

// Where the daemon listens, what an anonymous client and each user may do, and warnings where what is
// configured is legal but seldom meant. One sentence a line.
std::string describe(const Config& config);

}  // namespace uvftpd
