// What the command line says: which server, whose login, where its files lie, how long to wait.
// It reads arguments only; it opens nothing and starts nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace conformance {

struct Options {
  std::string host;  // empty: a daemon of our own
  std::uint16_t port = 21;
  std::string ipv6_host = "::1";  // where the same server is reached over IPv6, on the same port
  std::string user = "alice";
  std::string password = "wonderland";
  std::string root;    // the login's directory on this machine; empty: only FTP leads there
  std::string log;     // the server's log, where it can be read
  std::string server;  // the binary that is started without a host
  std::string table;   // where the verdicts go, separated by tabs
  std::chrono::milliseconds patience{5000};
};

// Takes what is left in argv once GoogleTest took its own. Throws std::invalid_argument.
Options read_options(int argc, char** argv);

extern const char* const kUsage;

// What all tests go by; main fills it before the first of them.
Options& options();

// The whole of the server's log; the line is not shown where it cannot be read.
std::string server_log();

}  // namespace conformance
