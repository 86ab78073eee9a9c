// A password from whoever runs `uvftpd hash-password`: typed at the terminal without echo, or a line of
// stdin.
#pragma once

#include <string>
#include <string_view>

namespace uvftpd {

// Reads into `password`; at a terminal asks on stderr, and twice. Returns why the answer cannot be used,
// empty where it can: 1 to 511 bytes. A signal that comes meanwhile gives the terminal its echo back, then
// ends the process as ever.
std::string_view ask_password(std::string& password);

// Leaves nothing of it in memory.
void wipe(std::string& secret);

}  // namespace uvftpd
