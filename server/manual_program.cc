// uvftpd(8): the table of commands, between prose that no table has.
#include <string>
#include <string_view>
#include <vector>

#include "server/documents.h"
#include "server/manual_program_prose.h"
#include "server/roff.h"

namespace uvftpd {
namespace {

std::string called(const CommandRow& command) {
  return command.name.empty() ? "uvftpd" : "uvftpd " + command.name;
}

// "text|json" is two words to choose from, "FILE" one to replace.
std::string value_of(const CommandOption& option) {
  const std::vector<std::string> words = words_of(option);
  if (words.empty()) return italic(option.value);
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : "|") + bold(word);
  return text;
}

// What asks the program about itself stands in no synopsis.
bool is_about_the_program(const CommandOption& option) {
  return option.long_name == "--help" || option.long_name == "--version";
}

std::string in_synopsis(const CommandOption& option) {
  const std::string& name = option.short_name.empty() ? option.long_name : option.short_name;
  std::string text = is_argument(option) ? value_of(option) : bold(name);
  if (!is_argument(option) && !option.value.empty()) text += "\\~" + value_of(option);
  if (option.need == CommandOption::Need::optional) text = '[' + text + ']';
  return option.times == CommandOption::Times::any ? text + "..." : text;
}

void append_synopsis(std::string& text, std::span<const CommandRow> commands) {
  text += ".SH SYNOPSIS\n.nh\n.ad l\n";
  for (const CommandRow& command : commands) {
    if (!text.ends_with(".ad l\n")) text += ".br\n";
    text += bold(called(command));
    for (const CommandOption& option : command.options)
      if (!is_about_the_program(option)) text += '\n' + in_synopsis(option);
    text += '\n';
  }
  text += ".ad b\n.hy\n";
}

std::string sentence(std::string_view text) { return roff(text) + (text.ends_with('.') ? "\n" : ".\n"); }

void append_option(std::string& text, const CommandOption& option) {
  text += ".TP\n";
  if (is_argument(option)) {
    text += value_of(option) + '\n';
  } else {
    text += option.short_name.empty() ? "" : bold(option.short_name);
    text += option.short_name.empty() || option.long_name.empty() ? "" : ", ";
    text += option.long_name.empty() ? "" : bold(option.long_name);
    text += option.value.empty() ? "\n" : ' ' + value_of(option) + '\n';
  }
  text += sentence(option.explanation);
}

void append_command(std::string& text, const CommandRow& command) {
  text += command.name.empty() ? ".SH OPTIONS\n" : ".SS " + roff(called(command)) + '\n';
  text += command.name.empty() ? "" : sentence(command.explanation);
  for (const CommandOption& option : command.options)
    if (command.name.empty() || !is_about_the_program(option)) append_option(text, option);
}

}  // namespace

std::string manual_of_program(std::span<const CommandRow> commands) {
  std::string text = manual_head("UVFTPD", "8", "System administration");
  text += ".SH NAME\nuvftpd \\- minimal FTP server daemon\n";
  append_synopsis(text, commands);
  text += kManualDescription;
  append_command(text, commands.front());
  text += ".SH COMMANDS\nEach takes\n.B \\-\\-help\ntoo.\n";
  for (const CommandRow& command : commands.subspan(1)) append_command(text, command);
  return text += kManualEnd;
}

}  // namespace uvftpd
