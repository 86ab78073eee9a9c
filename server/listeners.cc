#include "server/listeners.h"

#include <algorithm>

#include "server/socket.h"

namespace uvftpd {
namespace {

constexpr int kBacklog = 4096;

bool is_any(const Address& address) {
  return std::all_of(address.bytes.begin(), address.bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

// [::] takes IPv4 clients too, unless they have a listener of their own.
Stack stack_for(const SocketAddress& address, const std::vector<SocketAddress>& all) {
  const bool has_ipv4 = std::any_of(all.begin(), all.end(), [&](const SocketAddress& other) {
    return other.host.family == Address::Family::ipv4 && is_any(other.host) && other.port == address.port;
  });
  return is_any(address.host) && !has_ipv4 ? Stack::dual : Stack::single;
}

}  // namespace

Listeners open_listeners(const std::vector<SocketAddress>& addresses) {
  Listeners opened;
  std::optional<Listeners::Fault> missing_family;
  for (const SocketAddress& address : addresses) {
    const Stack stack = stack_for(address, addresses);
    SocketAddress wanted = address;
    // Addresses of port 0 get one port together where that is possible: it is easier to say to a client.
    if (address.port == 0 && !opened.sockets.empty())
      wanted.port = local_address(opened.sockets.back().get()).port;
    SocketResult result = listen_at(wanted, kBacklog, stack);
    if (result.error == EADDRINUSE && wanted.port != address.port)
      result = listen_at(address, kBacklog, stack);
    if (result.error == EAFNOSUPPORT) {
      missing_family = {address, result.error};
      continue;
    }
    if (result.error != 0) return {{}, Listeners::Fault{address, result.error}};
    prepare_listener(result.socket.get());
    opened.sockets.emplace_back(std::move(result.socket));
  }
  if (opened.sockets.empty()) opened.fault = missing_family;
  return opened;
}

}  // namespace uvftpd
