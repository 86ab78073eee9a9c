// The example file, made from the table of options: what etc/uvftpd.toml and `check --print-example` say.
#pragma once

#include <string>

namespace uvftpd {

// Every key with its default and what it means; blocks to uncomment for what has no default (users, rules).
std::string example_file();

}  // namespace uvftpd
