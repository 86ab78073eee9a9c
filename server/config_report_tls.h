// What [tls] amounts to, for the report of a configuration: sentences, and warnings to stand at its end.
#pragma once

#include <string>
#include <vector>

#include "server/config.h"

namespace uvftpd {

struct TlsReport {
  std::string sentences;              // a line each
  std::vector<std::string> warnings;  // without a full stop
};

// Reads the certificate; of one that cannot be read nothing is told, for that is a mistake already.
TlsReport report_tls(const Config& config);

}  // namespace uvftpd
