// What a configuration needs of systemd beyond systemd/uvftpd.service (`uvftpd check --systemd`). That unit
// and what is known of it here must agree.
#pragma once

#include <string>

#include "server/config.h"

namespace uvftpd {

// A drop-in for the unit, or a comment alone where the unit is enough. Looks where symbolic links lead.
std::string systemd_drop_in(const Config& config);

}  // namespace uvftpd
