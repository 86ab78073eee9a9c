// By the names that --help gives to values.
#include "server/completion.h"

namespace uvftpd {

Completion completion_of(const CommandOption& option) {
  const std::string& value = option.value;
  if (!words_of(option).empty()) return Completion::words;
  if (value == "DIR") return Completion::directory;
  if (value == "FILE" || value == "PATH" || value == "SOCKET") return Completion::file;
  return Completion::nothing;
}

std::string joined_by_blanks(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::string> names_of(const CommandOption& option) {
  std::vector<std::string> names;
  if (!option.short_name.empty()) names.push_back(option.short_name);
  if (!option.long_name.empty()) names.push_back(option.long_name);
  return names;
}

}  // namespace uvftpd
