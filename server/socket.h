// The door to the kernel's sockets: every call on a data connection or a socket option is made here.
//
// Addresses come out un-mapped: an IPv4 client of a dual-stack listener is an IPv4 client everywhere above.
// All sockets are non-blocking. Errors are returned as errno; none is logged here.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "protocol/address.h"
#include "server/descriptor.h"

namespace uvftpd {

// A SocketAddress as the kernel wants it.
class SystemAddress {
 public:
  SystemAddress() = default;
  explicit SystemAddress(const SocketAddress& address);
  SocketAddress parsed() const;  // un-mapped

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage_); }
  socklen_t size() const;
  static constexpr socklen_t capacity() { return sizeof(sockaddr_storage); }

 private:
  sockaddr_storage storage_ = {};
};

SocketAddress local_address(int fd);

struct SocketResult {
  Descriptor socket;
  int error = 0;  // errno; 0: the socket is there
};

enum class Stack : std::uint8_t {
  dual,
  single
};  // of an IPv6 listener: also IPv4 clients, as mapped addresses?

// A listening socket; EADDRINUSE is the only error worth another port.
SocketResult listen_at(const SocketAddress& address, int backlog, Stack stack);

// The same in two steps, for who tries one port after the other: with an error the socket can be tried at
// another one, or was bound for nothing and is closed. 0 or errno.
SocketResult make_listener(Address::Family family, Stack stack);
int start_listening(Descriptor& socket, const SocketAddress& address, int backlog);

struct Accepted {
  Descriptor socket;
  SocketAddress peer = {};  // also of a connection that was reset meanwhile
  int error = 0;
};
// One waiting connection; EAGAIN: none waits.
Accepted accept_from(int listener);

// Connects from `source`. EINPROGRESS comes with the socket: it is ready for writing once it is decided, then
// connect_error() tells; ECONNRESET: it stood, and was reset before a byte came.
SocketResult connect_from(const SocketAddress& source, const SocketAddress& peer);
int connect_error(int fd);

// ---- options ----

// Of control connections, which inherit it: replies leave at once, urgent data comes inline, a vanished peer
// is noticed.
void prepare_listener(int fd);
// One that somebody else opened: why it cannot be served (empty: it can), and the rest of what ours are.
std::string_view fault_of_listener(int fd);
void adopt_listener(int fd);
void notice_stalled_peer(int fd, std::chrono::milliseconds stalled);  // one that takes nothing
void send_at_once(int fd);                                            // whatever it is
void acknowledge_at_once(int fd);                                     // what came until now
bool is_over(int fd);                                                 // reset, or given up by the kernel
int unacknowledged(int fd);                                           // bytes that the peer has not taken yet
void send_in_whole_segments(int fd);  // the last, shorter one with the end of the stream
void send_in_bulk(int fd);            // more than a turn's bytes
void end_sending(int fd);             // the peer reads the end of the stream
void reset_on_close(int fd);          // the peer shall not take what it got for the whole

// Whether the kernel encrypts what a socket under TLS sends: of this machine, asked before the fences.
enum class KernelTls : std::uint8_t { unused, used };
KernelTls kernel_tls();

// ---- moving bytes; -errno on failure, EAGAIN when it would block ----

std::ptrdiff_t receive(int fd, std::span<char> buffer);  // 0: the peer has sent everything
std::ptrdiff_t send(int fd, std::string_view bytes);
std::ptrdiff_t splice_to_socket(int pipe, int fd, std::size_t count);
// Takes what the peer sent against the direction, so that closing does not reset the connection and destroy
// bytes that are still on their way.
void discard_input(int fd);

// True for the errors that a connection makes, as against those of a file, in calls that work on both.
bool is_connection_error(int error);

}  // namespace uvftpd
