// One TOML file as plain values with their places. The TOML library stays behind this door.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/config_value.h"

namespace uvftpd {

// The file's top table. None where it cannot be read or is not TOML: then one more mistake is told.
std::optional<Value::Table> read_toml_file(const std::string& file, std::vector<Mistake>& mistakes);

}  // namespace uvftpd
