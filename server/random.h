// Random numbers that nobody can foretell, from the kernel; from any thread.
#pragma once

#include <cstdint>

namespace uvftpd {

std::uint64_t random_number();

}  // namespace uvftpd
