// Plain text as roff, for man(7): what it would take for a command or a dash is escaped. No line is wrapped.
#pragma once

#include <string>
#include <string_view>

namespace uvftpd {

// Every dash is one that can be copied; `this` becomes bold. ASCII in, ASCII out.
std::string roff(std::string_view text);

std::string bold(std::string_view text);
std::string italic(std::string_view text);

// The first line of a page.
std::string manual_head(std::string_view name, std::string_view section, std::string_view kind);

}  // namespace uvftpd
