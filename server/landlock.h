// The second fence around the files, beside openat2: Landlock, by which the kernel itself keeps the daemon's
// threads within the roots, whatever a bug may make them ask for.
//
// It binds the thread that puts it up and those started by it afterwards: it goes up before there are any.
#pragma once

#include <string>

#include "server/config.h"

namespace uvftpd {

struct LandlockResult {
  enum class State : std::uint8_t {
    up,
    missing,
    failed
  } state;           // missing: this kernel has none, or too old a one
  std::string text;  // for the log: its version, or what failed
};

// Files: below each root, reading only where nobody may write. Signals and abstract sockets: none outside.
LandlockResult put_up_landlock(const Config& config);

// For threads that only move bytes of connections that stand already: they make none. Where the fence is not
// up, nothing happens.
void forbid_new_connections();

}  // namespace uvftpd
