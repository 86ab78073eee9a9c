// Which port a data connection uses on this side: random for passive, the source port for active.
#pragma once

#include "server/config.h"
#include "server/socket.h"

namespace uvftpd {

struct PassiveListener {
  Descriptor socket;
  std::uint16_t port = 0;
  int error = 0;  // errno; 0: the socket is there
};
// A listener on a port chosen at random within the range, never outside it and not `last_port` again where
// the range has others. EADDRINUSE: all that were tried are taken.
PassiveListener listen_on_random_port(const Address& host, const PortRange& range, std::uint16_t last_port);

// As connect_from(), from the configured source port or, where it cannot be had, as the configuration says.
SocketResult connect_from_source_port(const Address& host, const SocketAddress& target,
                                      const Config::Active& active);

}  // namespace uvftpd
