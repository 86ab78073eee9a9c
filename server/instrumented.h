// Whether this build watches itself. A sanitizer makes calls of its own and reads and writes files, mostly
// at the very end, and gcov opens its files of counters: behind a fence neither could, so none is put up.
#pragma once

namespace uvftpd {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(UVFTPD_COVERAGE)
constexpr bool kIsInstrumented = true;
#else
constexpr bool kIsInstrumented = false;
#endif

}  // namespace uvftpd
