// From a vsftpd.conf to the TOML of a uvftpd that behaves as that vsftpd did, as far as it can, and never
// permits more without saying so.
//
// Text in, text out. Of the machine it only asks where anonymous's user is at home.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "server/config_value.h"

namespace uvftpd {

struct ImportedVsftpd {
  std::string toml;  // not for use where there are mistakes
  std::vector<std::string> warnings;
  std::vector<Mistake> mistakes;
};

// The home of a user of the machine; empty where there is no such user.
using HomeOf = std::function<std::string(const std::string&)>;
std::string home_of_system_user(const std::string& name);

// `file` is the name for what is told.
ImportedVsftpd import_vsftpd(std::string_view text, const std::string& file, const HomeOf& home_of);
ImportedVsftpd import_vsftpd_file(const std::string& file);

}  // namespace uvftpd
