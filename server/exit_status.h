// How the program ends: sysexits(3), as the command line promises them.
#pragma once

#include <string>
#include <string_view>

namespace uvftpd {

enum class ExitStatus : int {
  ok = 0,
  failed = 1,
  usage = 64,
  try_again = 75,      // an address is in use
  not_permitted = 77,  // a privileged port, a directory that may not be read
  bad_configuration = 78,
};

ExitStatus status_for(int error);  // errno

// Tells the log, and returns `status`.
ExitStatus fail(ExitStatus status, std::string_view what, const std::string& where, const std::string& why);

}  // namespace uvftpd
