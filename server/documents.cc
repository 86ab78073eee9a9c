// The documents by their names.
#include "server/documents.h"

namespace uvftpd {

std::optional<std::string> document(std::string_view name) {
  if (name == "man8") return manual_of_program(command_table());
  if (name == "man5") return manual_of_configuration();
  if (name == "bash") return bash_completion(command_table());
  if (name == "zsh") return zsh_completion(command_table());
  return std::nullopt;
}

}  // namespace uvftpd
