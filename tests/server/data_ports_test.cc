// The ports of passive data connections, beside others that are taken.
#include "server/data_ports.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <string>
#include <vector>

namespace uvftpd {
namespace {

constexpr unsigned kPorts = 8;

// Of this process alone: other tests use ports at the same time.
const Address& loopback() {
  static const Address kLoopback = [] {
    const auto pid = static_cast<unsigned>(::getpid());
    return *parse_address("127." + std::to_string(1 + (pid >> 16) % 254) + '.' +
                          std::to_string((pid >> 8) & 255U) + '.' + std::to_string(pid & 255U));
  }();
  return kLoopback;
}

PassiveListener found_in(const PortRange& range, std::uint16_t last_port) {
  PassiveListener found = listen_on_random_port(loopback(), range, last_port);
  EXPECT_EQ(found.error, 0);
  return found;
}

// Listeners on ports that stand side by side, of which each can be given free.
class Row {
 public:
  Row() {
    for (std::uint16_t first = 20'000; listeners_.size() < kPorts; first += kPorts) {
      first_ = first;
      listeners_.clear();
      for (std::uint16_t i = 0; i < kPorts; ++i) {
        SocketResult made = listen_at({loopback(), static_cast<std::uint16_t>(first + i)}, 1, Stack::single);
        if (made.error != 0) break;
        listeners_.push_back(std::move(made.socket));
      }
    }
  }
  PortRange range() const { return {first_, static_cast<std::uint16_t>(first_ + kPorts - 1)}; }
  std::uint16_t free(unsigned place) {
    listeners_[place].close();
    return static_cast<std::uint16_t>(first_ + place);
  }

 private:
  std::uint16_t first_ = 0;
  std::vector<Descriptor> listeners_;
};

TEST(PassivePorts, AreFoundWhereverTheyAreFree) {
  Row row;
  const std::uint16_t free = row.free(3);
  for (int i = 0; i < 100; ++i) {
    const PassiveListener found = found_in(row.range(), 0);
    EXPECT_EQ(found.port, free);
    EXPECT_EQ(local_address(found.socket.get()).port, free);
  }
}

TEST(PassivePorts, ThatAreAllTakenAreAnErrorAndLeaveNoSocket) {
  const Row row;
  const PassiveListener found = listen_on_random_port(loopback(), row.range(), 0);
  EXPECT_EQ(found.error, EADDRINUSE);
  EXPECT_FALSE(found.socket.is_open());
}

TEST(PassivePorts, DifferFromTheLastWhereThereAreOthers) {
  Row row;
  const std::uint16_t one = row.free(1), other = row.free(6);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(found_in(row.range(), one).port, other);
}

TEST(PassivePorts, AreChosenAtRandom) {
  Row row;
  for (unsigned i = 0; i < kPorts; ++i) row.free(i);
  std::set<std::uint16_t> chosen;
  for (int i = 0; i < 400; ++i) chosen.insert(found_in(row.range(), 0).port);
  EXPECT_EQ(chosen.size(), kPorts);  // one would be left out once in 10^22 times
}

}  // namespace
}  // namespace uvftpd
