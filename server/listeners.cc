#include "server/listeners.h"

#include <fcntl.h>

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

Descriptor copy_of(const Listeners::Socket& socket) {
  return Descriptor(::fcntl(socket.descriptor.get(), F_DUPFD_CLOEXEC, 0));
}

// What listens at `address` already.
Descriptor again(const SocketAddress& address, TlsStart tls_start,
                 const std::vector<Listeners::Socket>& earlier) {
  for (const Listeners::Socket& socket : earlier)
    if (socket.wanted == address && socket.tls_start == tls_start) return copy_of(socket);
  return {};
}

// What went wrong, unless it is only a family that this machine has not.
std::optional<Listeners::Fault> open_all(const std::vector<SocketAddress>& addresses, TlsStart tls_start,
                                         const std::vector<Listeners::Socket>& earlier, Listeners& opened) {
  const std::size_t before = opened.sockets.size();
  for (const SocketAddress& address : addresses) {
    if (Descriptor kept = again(address, tls_start, earlier); kept.is_open()) {
      opened.sockets.push_back({std::move(kept), tls_start, address});
      continue;
    }
    const Stack stack = stack_for(address, addresses);
    SocketAddress wanted = address;
    // Addresses of port 0 get one port together where that is possible: it is easier to say to a client.
    if (address.port == 0 && opened.sockets.size() > before)
      wanted.port = local_address(opened.sockets.back().descriptor.get()).port;
    SocketResult result = listen_at(wanted, kBacklog, stack);
    if (result.error == EADDRINUSE && wanted.port != address.port)
      result = listen_at(address, kBacklog, stack);
    if (result.error == EAFNOSUPPORT) {
      opened.fault = {address, result.error};
      continue;
    }
    if (result.error != 0) return Listeners::Fault{address, result.error};
    prepare_listener(result.socket.get());
    opened.sockets.push_back({std::move(result.socket), tls_start, address});
  }
  return std::nullopt;
}

// In the place of all addresses of a kind.
bool take_inherited(TlsStart tls_start, const std::vector<Listeners::Socket>& inherited, Listeners& opened) {
  const std::size_t before = opened.sockets.size();
  for (const Listeners::Socket& socket : inherited)
    if (socket.tls_start == tls_start) opened.sockets.push_back({copy_of(socket), tls_start, socket.wanted});
  return opened.sockets.size() > before;
}

}  // namespace

Listeners open_listeners(const std::vector<SocketAddress>& addresses,
                         const std::vector<SocketAddress>& implicit_addresses, const OpenSockets& open) {
  Listeners opened;
  const auto open_kind = [&](TlsStart kind, const std::vector<SocketAddress>& wanted) {
    if (take_inherited(kind, open.inherited, opened)) return std::optional<Listeners::Fault>();
    return open_all(wanted, kind, open.earlier, opened);
  };
  auto fault = open_kind(TlsStart::explicitly, addresses);
  if (!fault) fault = open_kind(TlsStart::implicitly, implicit_addresses);
  if (fault) return {{}, fault};
  if (!opened.sockets.empty()) opened.fault.reset();
  return opened;
}

}  // namespace uvftpd
