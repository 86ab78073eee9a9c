// How the kernel deals out the processors among the daemon's threads.
#pragma once

namespace uvftpd {

// The calling thread, which works in short turns, need not wait until a thread that is busy has used up its
// time (EEVDF, Linux 6.12; before, nothing happens). Threads that it starts do not inherit it, nor a
// niceness below zero.
void ask_for_short_time_slices();

}  // namespace uvftpd
