// Listening sockets that a service manager opened and handed over (sd_listen_fds(3)), as Listeners has them.
#pragma once

#include <string>
#include <vector>

#include "server/config.h"
#include "server/listeners.h"

namespace uvftpd {

struct InheritedListeners {
  std::vector<Listeners::Socket> sockets = {};
  std::string trouble = {};  // empty: they can be served, or there are none
};

// Takes them out of the environment. To be called before any other descriptor is opened, which might be
// mistaken for one of them.
InheritedListeners inherit_listeners(const Config::Tls& tls);

}  // namespace uvftpd
