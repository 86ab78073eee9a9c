// The checks of [tls]: that what it asks for can be had with the certificate and the key as they are now.
#pragma once

#include <vector>

#include "server/config_checks.h"

namespace uvftpd {

// Reads the files that are named, and changes nothing.
void check_tls(const Config& config, const Places& places, std::vector<Mistake>& mistakes);

}  // namespace uvftpd
