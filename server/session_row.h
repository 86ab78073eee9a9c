// One session as `uvftpd status` tells it, and the line that carries it from the daemon: fields with a tab
// between, bytes of clients escaped. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace uvftpd {

struct SessionRow {
  std::uint64_t id = 0;
  std::string client = {};
  std::string user = {};        // empty: not logged in
  std::string protection = {};  // "tls" or "clear"
  std::uint64_t seconds = 0;
  std::string verb = {};  // of the running transfer; empty: none, and what follows says nothing
  std::string path = {};
  std::uint64_t bytes = 0;  // moved so far
  std::uint64_t size = 0;   // to be moved in all; 0: nobody knows
  std::uint64_t milliseconds = 0;
};

std::string encode(const SessionRow& row);                        // with the newline
std::optional<SessionRow> decode_session(std::string_view line);  // without; none: it is no such line

}  // namespace uvftpd
