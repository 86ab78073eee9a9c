// For bash: one function that needs nothing but bash itself. Names hold no character that bash would read
// otherwise.
#include <string>
#include <string_view>
#include <vector>

#include "server/completion.h"
#include "server/documents.h"

namespace uvftpd {
namespace {

constexpr std::string_view kBegin = R"(# bash completion for uvftpd(8), made by `uvftpd print bash`
_uvftpd() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command= options= words= names= word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    case $word in
)";

// A value that is asked for stands alone; else a dash asks for options.
constexpr std::string_view kEnd = R"(  if [[ $current == -* && $options ]]; then words=$options names=; fi
  COMPREPLY=()
  case $names in
    file) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    directory) mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
  esac
  if [[ $names ]]; then compopt -o filenames 2>/dev/null; fi
  return 0
}
complete -F _uvftpd uvftpd
)";

// What may stand where the option has its value.
std::string value_of(const CommandOption& option) {
  switch (completion_of(option)) {
    case Completion::file:
      return "words= names=file";
    case Completion::directory:
      return "words= names=directory";
    case Completion::words:
      return "words='" + joined_by_blanks(words_of(option)) + "' names=";
    case Completion::nothing:
      break;
  }
  return "words= names=";
}

std::string options_of(const CommandRow& command) {
  std::vector<std::string> names;
  for (const CommandOption& option : command.options)
    for (const std::string& name : names_of(option)) names.push_back(name);
  return joined_by_blanks(names);
}

// What may come next, where no option waits for its value.
std::string expected(const CommandRow& command, std::string_view commands) {
  std::string text = "    '" + command.name + "') options='" + options_of(command) + '\'';
  if (command.name.empty()) text += " words='" + std::string(commands) + '\'';
  for (const CommandOption& option : command.options)
    if (is_argument(option)) text += ' ' + value_of(option);
  return text + " ;;\n";
}

std::string values_of(const CommandRow& command) {
  std::string text;
  for (const CommandOption& option : command.options) {
    if (option.value.empty()) continue;
    for (const std::string& name : names_of(option))
      text += "    '" + command.name + ' ' + name + "') options= " + value_of(option) + " ;;\n";
  }
  return text;
}

}  // namespace

std::string bash_completion(std::span<const CommandRow> commands) {
  std::vector<std::string> names;
  for (const CommandRow& command : commands.subspan(1)) names.push_back(command.name);
  std::string text(kBegin);
  for (const std::string& name : names) text += "      " + name + ") command=$word && break ;;\n";
  text += "    esac\n  done\n  case $command in\n";
  for (const CommandRow& command : commands) text += expected(command, joined_by_blanks(names));
  text += "  esac\n  case \"$command $previous\" in\n";
  for (const CommandRow& command : commands) text += values_of(command);
  text += "  esac\n";
  return text += kEnd;
}

}  // namespace uvftpd
