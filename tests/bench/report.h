// The talk with the runner: "ready", a line that says go, and a line of figures.
#ifndef UVFTPD_TESTS_BENCH_REPORT_H_
#define UVFTPD_TESTS_BENCH_REPORT_H_

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <initializer_list>
#include <utility>

namespace bench {

// False when the runner is gone.
inline bool wait_for_line() {
  char octet = 0;
  while (::read(STDIN_FILENO, &octet, 1) == 1) {
    if (octet == '\n') return true;
  }
  return false;
}

inline void say(std::initializer_list<std::pair<const char*, double>> figures) {
  for (const auto& [name, value] : figures) std::printf("%s=%.9g ", name, value);
  std::printf("\n");
  std::fflush(stdout);
}

inline void wait_for_go() {
  std::printf("ready\n");
  std::fflush(stdout);
  wait_for_line();
}

// Of this process.
inline double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace bench

#endif  // UVFTPD_TESTS_BENCH_REPORT_H_
