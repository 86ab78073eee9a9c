// A small file as one text: configurations, certificates. Not for the files of clients.
#pragma once

#include <optional>
#include <string>

namespace uvftpd {

// None, and errno says why, where it cannot be read or is beyond all reason (16 MiB). A pipe is read too, as
// in
// `-c <(command)`.
std::optional<std::string> whole_file(const std::string& path);

}  // namespace uvftpd
