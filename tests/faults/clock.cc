// A wall clock that a test sets: preloaded, it comes before the C library's. The monotonic clock stays as it
// is.
//
// The file that $UVFTPD_CLOCK names holds by how many seconds the wall clock is off.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

std::atomic<std::int64_t>& map_offset() {
  static std::atomic<std::int64_t> none = 0;
  const char* name = std::getenv("UVFTPD_CLOCK");
  const int fd = name ? ::open(name, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return none;
  void* mapped = ::mmap(nullptr, sizeof none, PROT_READ, MAP_SHARED, fd, 0);
  ::close(fd);
  return mapped == MAP_FAILED ? none : *static_cast<std::atomic<std::int64_t>*>(mapped);
}

// Before main(): the daemon opens no file once it serves.
std::atomic<std::int64_t>& offset = map_offset();

using ClockGettime = int (*)(clockid_t, timespec*);
const auto real_clock_gettime = reinterpret_cast<ClockGettime>(::dlsym(RTLD_NEXT, "clock_gettime"));

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const int result = real_clock_gettime ? real_clock_gettime(clock, now) : -1;
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    now->tv_sec += offset.load();
  return result;
}

time_t time(time_t* out) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(timeval* out, void*) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *out = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

}  // extern "C"
