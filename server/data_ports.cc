#include "server/data_ports.h"

#include <cstring>
#include <numeric>

#include "server/log.h"
#include "server/random.h"

namespace uvftpd {
namespace {

// A full range must not hold up the loop: 1,000 tries take some 2 ms.
constexpr std::uint32_t kMaxTries = 1000;

constexpr int kBacklog = 64;  // strangers may knock before the right peer, and all at once

bool is_about_the_port(int error) { return error == EACCES || error == EADDRINUSE || error == EADDRNOTAVAIL; }

// Said once: with every transfer it would fill the log.
void report_source_port(std::uint16_t port, int error) {
  static bool reported = false;
  if (std::exchange(reported, true)) return;
  log_event(Level::warning, "no-source-port",
            {{"port", port}, {"reason", std::strerror(error)}, {"key", "active.without_source_port"}});
}

}  // namespace

PassiveListener listen_on_random_port(const Address& host, const PortRange& range, std::uint16_t last_port) {
  const std::uint32_t count = range.last - range.first + 1U;
  const std::uint64_t chance = random_number();
  const auto start = static_cast<std::uint32_t>(chance % count);
  // In strides that come to every port once: those in use mostly stand side by side.
  auto stride = static_cast<std::uint32_t>(1 + (chance >> 32) % count);
  while (std::gcd(stride, count) != 1) ++stride;
  PassiveListener result{{}, 0, EADDRINUSE};
  for (std::uint32_t i = 0; i < count && i < kMaxTries; ++i) {
    const auto port = static_cast<std::uint16_t>(range.first + (start + std::uint64_t{i} * stride) % count);
    if (port == last_port && count > 1) continue;
    if (!result.socket.is_open()) {
      SocketResult made = make_listener(host.family, Stack::single);
      if (made.error != 0) return {{}, 0, made.error};
      result.socket = std::move(made.socket);
    }
    result.port = port;
    result.error = start_listening(result.socket, {host, port}, kBacklog);
    if (result.error != EADDRINUSE) break;
  }
  if (result.error != 0) result.socket.close();
  return result;
}

SocketResult connect_from_source_port(const Address& host, const SocketAddress& target,
                                      const Config::Active& active) {
  SocketResult result = connect_from({host, active.source_port}, target);
  if (active.source_port == 0 || !is_about_the_port(result.error)) return result;
  report_source_port(active.source_port, result.error);
  if (active.without_source_port == WithoutSourcePort::refuse) return result;
  return connect_from({host, 0}, target);
}

}  // namespace uvftpd
