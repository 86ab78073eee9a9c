// seccomp: the system calls that a serving daemon makes, and no other. Whatever makes another one ends it.
#pragma once

#include <string>
#include <vector>

#include "server/socket.h"

namespace uvftpd {

// By name, sorted: made from what a run of all tests was seen to call.
std::vector<std::string> permitted_calls();

// Before the first loop: libuv from 1.50 on makes rings of io_uring for it, whatever it is told, and does
// without where the kernel has none. A ring would let pass what the list forbids, and to use it is not on the
// list.
void forgo_io_uring();

// For all threads at once; the last of them must have started. Empty, or why it is not up.
std::string put_up_seccomp(KernelTls kernel_tls);

}  // namespace uvftpd
