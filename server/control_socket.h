// The Unix socket where the administrator's commands (`uvftpd status`, `kick`, `reload`) reach the daemon: a
// line is asked, a text is answered, and the connection is over. Its file is for the user and the group of
// the daemon.
//
// Both ends are here. Whoever asks waits a while and no longer, and so does the daemon for him.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/descriptor.h"

namespace uvftpd {

// What an answer begins with.
inline constexpr std::string_view kDone = "done\n", kRefused = "refused\n";

class ControlSocket {
 public:
  // 0 or errno; EADDRINUSE: another daemon answers there.
  int open(const std::string& path);
  void close() { listening_.close(); }
  void remove();  // the file too
  int fd() const { return listening_.get(); }

  struct Request {
    Descriptor client;
    std::string line;  // without its end; empty: none came in time
  };
  Request accept() const;

 private:
  std::string path_;
  Descriptor listening_;
};

void answer(const ControlSocket::Request& request, std::string_view text);

// The whole answer; none: errno tells why there is nobody.
std::optional<std::string> ask(const std::string& path, std::string_view request);

}  // namespace uvftpd
