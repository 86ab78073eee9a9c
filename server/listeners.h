// The sockets that clients connect to, opened before anything else: while ports below 1024 may still be had.
#pragma once

#include <optional>
#include <vector>

#include "protocol/address.h"
#include "protocol/protection.h"
#include "server/descriptor.h"

namespace uvftpd {

struct ListeningAt {
  SocketAddress address;
  TlsStart tls_start;
};

struct Listeners {
  struct Fault {
    SocketAddress address;
    int error;  // errno
  };
  struct Socket {
    Descriptor descriptor;
    TlsStart tls_start;
    SocketAddress wanted;  // its port may be 0
  };
  std::vector<Socket> sockets = {};
  std::optional<Fault> fault = {};
};

// What is open already, and is used again, by descriptors of its own.
struct OpenSockets {
  const std::vector<Listeners::Socket>& inherited;  // in the place of all addresses of their kind
  const std::vector<Listeners::Socket>& earlier;    // where the address is wanted still
};

// At all of these addresses, or the first that failed. A family that the machine does not have is passed
// over, as long as another address works.
Listeners open_listeners(const std::vector<SocketAddress>& addresses,
                         const std::vector<SocketAddress>& implicit_addresses, const OpenSockets& open);

}  // namespace uvftpd
