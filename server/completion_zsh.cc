// For zsh: a specification of _arguments for each option. Explanations stand in it, so their signs are
// escaped twice: for _arguments, then for the quotes around.
#include <string>
#include <string_view>
#include <vector>

#include "server/completion.h"
#include "server/documents.h"

namespace uvftpd {
namespace {

constexpr std::string_view kBegin = R"(#compdef uvftpd
# zsh completion for uvftpd(8), made by `uvftpd print zsh`
_uvftpd() {
  local curcontext=$curcontext state state_descr line
  local -A opt_args
  local -a commands=(
)";

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char letter : text) out += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return out + '\'';
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (std::string_view("[]:\\").find(letter) != std::string_view::npos) out += '\\';
    out += letter;
  }
  return out;
}

std::string action_of(const CommandOption& option) {
  switch (completion_of(option)) {
    case Completion::file:
      return "_files";
    case Completion::directory:
      return "_files -/";
    case Completion::words:
      return '(' + joined_by_blanks(words_of(option)) + ')';
    case Completion::nothing:
      break;
  }
  return " ";
}

// One for each name of the option; of an option that is given once, each name excludes the others.
std::string specifications(const CommandOption& option) {
  const std::string message =
      option.value.empty() ? "" : ':' + escaped(option.value) + ':' + action_of(option);
  if (is_argument(option))
    return ' ' + quoted((option.need == CommandOption::Need::required ? ":" : "::") + message.substr(1));
  const std::vector<std::string> names = names_of(option);
  const bool again = option.times == CommandOption::Times::any;
  const std::string before = again ? "*" : '(' + joined_by_blanks(names) + ')';
  const std::string explanation = '[' + escaped(option.explanation) + ']';
  std::string text;
  for (const std::string& name : names) {
    std::string specification = before;
    specification.append(name).append(explanation).append(message);
    text.append(1, ' ').append(quoted(specification));
  }
  return text;
}

std::string arguments(const CommandRow& command) {
  std::string text;
  for (const CommandOption& option : command.options) text += " \\\n       " + specifications(option);
  return text;
}

}  // namespace

std::string zsh_completion(std::span<const CommandRow> commands) {
  std::string text(kBegin);
  for (const CommandRow& command : commands.subspan(1))
    text += "    " + quoted(escaped(command.name) + ':' + escaped(command.explanation)) + '\n';
  text += "  )\n  _arguments -C" + arguments(commands.front());
  text += " \\\n        '1:command:->command' '*::argument:->argument' && return 0\n";
  text +=
      "  case $state in\n    command) _describe command commands ;;\n    argument)\n      case $words[1] "
      "in\n";
  for (const CommandRow& command : commands.subspan(1))
    text += "      " + command.name + ") _arguments" + arguments(command) + " ;;\n";
  return text += "      esac ;;\n  esac\n}\n_uvftpd \"$@\"\n";
}

}  // namespace uvftpd
