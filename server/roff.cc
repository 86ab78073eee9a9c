// The few characters that mean something else to roff.
#include "server/roff.h"

namespace uvftpd {
namespace {

std::string_view escaped(char letter) {
  switch (letter) {
    case '\\':
      return "\\e";
    case '-':
      return "\\-";
    case '\'':
      return "\\(aq";
    case '^':
      return "\\(ha";
    case '~':
      return "\\(ti";
    default:
      return {};
  }
}

}  // namespace

std::string roff(std::string_view text) {
  std::string out;
  bool is_bold = false;
  if (text.starts_with('.')) out += "\\&";
  for (const char letter : text) {
    if (letter == '`') {
      is_bold = !is_bold;
      out += is_bold ? "\\fB" : "\\fR";
    } else if (const auto known = escaped(letter); !known.empty()) {
      out += known;
    } else {
      out += letter;
    }
  }
  return out;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + roff(text) + "\\fR"; }

std::string manual_head(std::string_view name, std::string_view section, std::string_view kind) {
  return ".TH " + std::string(name) + ' ' + std::string(section) +
         " " UVFTPD_RELEASED " \"uvftpd " UVFTPD_VERSION "\" \"" + std::string(kind) + "\"\n";
}

}  // namespace uvftpd
