// Landlock: a second fence, from inside. Around the files openat2 is the first; around the ports it is what
// PORT, EPRT and PASV are answered.
//
// It binds the calling thread and those that it starts later, so files come before the first thread; what
// belongs to one thread only is put up by that thread.
#pragma once

#include <string>
#include <vector>

#include "server/accounts.h"
#include "server/config.h"

namespace uvftpd {

struct LandlockResult {
  enum class State : std::uint8_t { up, missing, failed };
  State state = State::missing;
  std::string text = {};  // its version, or why it is not up
};

// Files are reached beneath the accounts' roots only, written where an account may, and nothing but what
// clients may have done to files is done to them. In the directories of the logs files may be made and
// written.
LandlockResult put_up_landlock(const Accounts& accounts, const std::vector<int>& logs);

// For a process beside the daemon: nothing is written, made, removed or executed, and no process beyond it is
// traced.
void forbid_writing_and_executing();

// For threads that only move bytes: no port is bound, nothing is connected to. Nothing without the above.
void forbid_new_connections();

// For the control loop: ports are bound and connected to as data connections need it. There are some 80,000
// rules: making them takes a while, and is for the pool.
void make_port_rules(const Config& config);
bool put_up_port_rules();  // false: not offered by this kernel

}  // namespace uvftpd
