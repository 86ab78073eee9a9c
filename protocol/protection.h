// How connections are protected by TLS, and what the configuration demands of it (RFC 4217). Plain words.
#pragma once

#include <cstdint>

namespace uvftpd {

enum class Protection : std::uint8_t { clear, tls };  // of a connection; PROT C and P

enum class TlsStart : std::uint8_t { explicitly, implicitly };  // by AUTH, or with the connection

// What an account is allowed and asked to do; each but `off` includes what stands before it.
enum class TlsPolicy : std::uint8_t {
  off,            // no TLS
  allow,          // as the client likes
  require_login,  // no USER on a control connection in the clear
  require_data,   // nor a transfer on a data connection in the clear
};

// How a control connection's handshake ended.
enum class Handshake : std::uint8_t {
  done,
  not_begun,  // what came is not TLS: the connection is in the clear still
  failed,     // in the middle: nobody knows what the connection is
};

// What is told of a data connection under TLS.
enum class TlsSession : std::uint8_t { none, anew, resumed };  // the control connection's, by the handshake
enum class TlsEnd : std::uint8_t { none, orderly, cut };       // of what the client sent: with close_notify?

}  // namespace uvftpd
