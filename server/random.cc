#include "server/random.h"

#include <sys/random.h>

#include <array>

namespace uvftpd {

// Asked for by the 32: up to 256 bytes are given whole and without a signal between (getrandom(2)).
std::uint64_t random_number() {
  static thread_local std::array<std::uint64_t, 32> numbers;
  static thread_local std::size_t left = 0;
  if (left == 0) {
    [[maybe_unused]] const auto filled = ::getrandom(numbers.data(), sizeof numbers, 0);
    left = numbers.size();
  }
  return numbers[--left];
}

}  // namespace uvftpd
