// Prose stands behind "# ", a setting to uncomment behind a bare "#".
#include "server/config_example.h"

#include <string_view>

#include "server/config_table.h"

namespace uvftpd {
namespace {

constexpr std::string_view kHead =
    "# The configuration of uvftpd (TOML). Each key has its default here; a key left out has it too.\n"
    "# `uvftpd check` reads this file, tells every mistake in it, and says who may do what.\n";

void append_section(std::string& text, const Section& section) {
  const bool is_array = section.shape == Section::Shape::array_of_tables;
  const std::string name(section.name);
  text += "\n# " + std::string(section.explanation) + '\n';
  text += is_array ? "#[[" + name + "]]\n" : '[' + name + "]\n";
  for (const Option& option : options()) {
    if (option.section != section.name) continue;
    text += "# " + std::string(option.explanation) + '\n';
    text += (is_array ? "#" : "") + std::string(option.key) + " = " + std::string(option.value) + '\n';
  }
}

}  // namespace

std::string example_file() {
  std::string text(kHead);
  for (const Section& section : sections()) append_section(text, section);
  return text;
}

}  // namespace uvftpd
