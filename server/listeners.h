// The sockets that clients connect to, opened before anything else: while ports below 1024 may still be had.
#pragma once

#include <optional>
#include <vector>

#include "protocol/address.h"
#include "server/descriptor.h"

namespace uvftpd {

struct Listeners {
  struct Fault {
    SocketAddress address;
    int error;  // errno
  };
  std::vector<Descriptor> sockets = {};
  std::optional<Fault> fault = {};
};

// At all of `addresses`, or the first that failed. A family that the machine does not have is passed over, as
// long as another address works.
Listeners open_listeners(const std::vector<SocketAddress>& addresses);

}  // namespace uvftpd
