// What the command line offers, as plain rows: each command with its options. command_line.cc makes them from
// what it told CLI11, so that the manual and the completions cannot differ from --help.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace uvftpd {

struct CommandOption {
  enum class Times : std::uint8_t { once, any };
  enum class Need : std::uint8_t { optional, required };

  std::string short_name;  // "-c"; either name may be empty, both are of an argument ("DIR")
  std::string long_name;   // "--config"
  std::string value;       // "FILE", "text|json"; empty: a flag
  std::string explanation;
  Times times = Times::once;
  Need need = Need::optional;
};

struct CommandRow {
  std::string name;  // "serve"; empty: the program without a command
  std::string explanation;
  std::vector<CommandOption> options;
};

// The program itself first, then its commands, in the order of --help.
std::vector<CommandRow> command_table();

inline bool is_argument(const CommandOption& option) {
  return option.short_name.empty() && option.long_name.empty();
}

// The words of "text|json"; none where the value is anything else.
std::vector<std::string> words_of(const CommandOption& option);

}  // namespace uvftpd
