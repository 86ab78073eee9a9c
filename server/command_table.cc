// The words in a value's name. The rows are made in command_line.cc, which knows CLI11.
#include "server/command_table.h"

#include <algorithm>
#include <string_view>

namespace uvftpd {

std::vector<std::string> words_of(const CommandOption& option) {
  std::vector<std::string> words;
  if (option.value.find('|') == std::string::npos) return words;
  std::string_view rest = option.value;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('|'), rest.size());
    words.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return words;
}

}  // namespace uvftpd
