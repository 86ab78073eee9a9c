// The sockets of a client on loopback. Non-blocking, where nothing else is said.
#ifndef UVFTPD_TESTS_BENCH_SOCKET_H_
#define UVFTPD_TESTS_BENCH_SOCKET_H_

#include <cstdint>
#include <utility>

#include "tests/bench/descriptor.h"

namespace bench {

// Connecting to 127.0.0.1; mostly it is connected already.
Descriptor connect_to(uint16_t port);

// The same, connected and blocking; a closed one where nobody listens.
Descriptor connect_blocking(uint16_t port);

// A listener on 127.0.0.1, and its port.
std::pair<Descriptor, uint16_t> listen_anywhere();

// One that waits to be accepted, or a closed one.
Descriptor accept_from(const Descriptor& listener);

// Closing it will leave nothing behind, no TIME_WAIT on either side: only for one that has read the end.
void forget_at_close(const Descriptor& socket);

}  // namespace bench

#endif  // UVFTPD_TESTS_BENCH_SOCKET_H_
