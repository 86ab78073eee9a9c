// What the program prints about itself: its manual pages, and what lets a shell complete its command line.
//
// Made from the tables of commands and options, so that none can say other than they do. Pure text.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/command_table.h"

namespace uvftpd {

constexpr const char* kDocuments = "man8|man5|bash|zsh";

std::string manual_of_program(std::span<const CommandRow> commands);  // uvftpd(8)
std::string manual_of_configuration();                                // uvftpd.toml(5)
std::string bash_completion(std::span<const CommandRow> commands);
std::string zsh_completion(std::span<const CommandRow> commands);

// One of kDocuments.
std::optional<std::string> document(std::string_view name);

}  // namespace uvftpd
