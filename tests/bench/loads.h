// The kinds of load. Each prepares, says "ready", waits for a line on standard input, works for a while and
// prints one line of key=value. All work in one thread. They measure the client's side only.
#ifndef UVFTPD_TESTS_BENCH_LOADS_H_
#define UVFTPD_TESTS_BENCH_LOADS_H_

#include "tests/bench/options.h"

namespace bench {

void run_transfers(const Options& options);  // downloads, uploads, listings
void run_logins(const Options& options);     // connect, log in, quit, again
void run_hold(const Options& options);       // sessions that do nothing
void run_latency(const Options& options);    // NOOP after NOOP
void run_slow(const Options& options);       // downloads at a bounded rate
void run_start(const Options& options);      // from exec to the first 220

}  // namespace bench

#endif  // UVFTPD_TESTS_BENCH_LOADS_H_
