// What the errno of a failed file operation means to a client: a reply. Pure.
#pragma once

#include <string>

#include "protocol/reply.h"

namespace uvftpd {

// `otherwise` is the code that RFC 959, section 5.4 gives the verb for "cannot be done": 550, 553 for a name
// to be made, 451 in mid-transfer. It also decides what that section permits for want of room: 550, 452, 552.
Reply file_error_reply(int error, Code otherwise);

// The same words without a code: "No such file or directory."
std::string describe_file_error(int error);

}  // namespace uvftpd
