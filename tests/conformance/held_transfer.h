// A RETR that stands still until its data connection is read: the file "big" is larger than all buffers
// between. So what happens during a transfer is tried without sleeping for luck.
#pragma once

#include "client.h"

namespace conformance {

struct HeldTransfer {
  explicit HeldTransfer(Client& client) {
    client.demand("TYPE I", 200);
    data = client.passive(kSmallBuffer);
    const Reply opening = client.command("RETR big");
    if (!opening.is_preliminary()) throw Mishap("RETR is refused: " + opening.text());
  }
  Socket data;
};

// What a user program sends ahead of a command during a transfer: Interrupt Process, then Synch.
inline void send_synch(Client& client) {
  client.control().write("\xff\xf4");
  client.control().write_urgent("\xff\xf2");
}

}  // namespace conformance
