// What may stand where on the command line, as both shells ask it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/command_table.h"

namespace uvftpd {

// What completes a value: a file's name, a directory's, one of its words, or nothing that a shell could know.
enum class Completion : std::uint8_t { nothing, file, directory, words };

Completion completion_of(const CommandOption& option);

std::string joined_by_blanks(const std::vector<std::string>& words);
std::vector<std::string> names_of(const CommandOption& option);

}  // namespace uvftpd
