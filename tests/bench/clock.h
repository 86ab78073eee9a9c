// Times in nanoseconds, and the most ordinary statistics of them.
#ifndef UVFTPD_TESTS_BENCH_CLOCK_H_
#define UVFTPD_TESTS_BENCH_CLOCK_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace bench {

using Time = int64_t;

inline Time now() {
  auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

inline Time nanoseconds(double seconds) { return static_cast<Time>(seconds * 1e9); }

inline double seconds(Time time) { return static_cast<double>(time) / 1e9; }

// In seconds; 0 of nothing.
inline double percentile(std::vector<Time> times, double percent) {
  if (times.empty()) return 0;
  auto place = static_cast<size_t>(static_cast<double>(times.size()) * percent / 100);
  auto nth = times.begin() + static_cast<std::ptrdiff_t>(std::min(place, times.size() - 1));
  std::nth_element(times.begin(), nth, times.end());
  return seconds(*nth);
}

}  // namespace bench

#endif  // UVFTPD_TESTS_BENCH_CLOCK_H_
