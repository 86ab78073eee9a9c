// The type bits of st_mode, which POSIX leaves free and every Unix has alike. Here so that protocol/ needs no
// <sys/stat.h>.
#pragma once

#include <cstdint>

namespace uvftpd {

inline constexpr std::uint32_t kTypeMask = 0170000;
inline constexpr std::uint32_t kRegular = 0100000, kDirectory = 0040000, kLink = 0120000, kFifo = 0010000;
inline constexpr std::uint32_t kCharacterDevice = 0020000, kBlockDevice = 0060000, kSocket = 0140000;

}  // namespace uvftpd
