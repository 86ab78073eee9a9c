// What the load generator is told: a kind of load, then key=value. Nothing is guessed: an unknown key or a
// value that is no number ends the program.
#ifndef UVFTPD_TESTS_BENCH_OPTIONS_H_
#define UVFTPD_TESTS_BENCH_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

enum class Security { none, tls };  // tls: AUTH TLS before the login, PROT P for data

struct Options {
  std::string load;                  // transfer, login, hold, latency, slow, start
  uint16_t port = 21;                // of the server, on 127.0.0.1
  std::string verb;                  // RETR, STOR, LIST, NLST, MLSD
  std::string path;                  // what the verb is given; a # in it becomes the number of the transfer
  uint64_t size = 0;                 // of the file, in bytes; what a RETR must bring and a STOR sends
  uint64_t files = 1;                // how many numbers there are for a RETR's #
  uint64_t streams = 1;              // sessions at once
  uint64_t at_once = 64;             // hold: logins at once
  uint64_t rate = 65536;             // slow: bytes a second of each
  double seconds = 1;                // how long new work is begun
  double pause = 0.001;              // latency: seconds between commands
  bool active = false;               // PORT in place of EPSV
  bool sleeping = false;             // transfer: also where a lone client would spin
  std::vector<std::string> command;  // start: what stands behind --

  Security security = Security::none;
};

Options read_options(int count, char** arguments);

}  // namespace bench

#endif  // UVFTPD_TESTS_BENCH_OPTIONS_H_
