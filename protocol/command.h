// One line of the client's, parted into verb and argument (RFC 959, section 5.3). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/secret.h"

namespace uvftpd {

// What one command leaves to the next, and to no other.
struct Legacy {
  std::string rename_from;                      // RNFR; empty: none
  std::uint64_t restart_at = 0;                 // REST, RANG
  std::optional<std::uint64_t> last_byte = {};  // RANG
  bool names_user = false;                      // USER
};

struct Command {
  std::string verb;       // in upper case
  Secret argument;        // everything behind the first blank; further blanks are the argument's (RFC 2640)
  std::string path = {};  // the virtual path that the argument means, where the verb takes one
  Legacy before = {};     // from the command before
  bool took_effect = false;  // as Line's
};

Command parse_command(std::string_view line);

// ASCII only, whatever the locale: verbs and parameters are matched without regard to case.
std::string upper_case(std::string_view text);

// Cuts the first word and the blanks behind it off `text`.
std::string_view take_word(std::string_view& text);

// The first word of HTTP and SSH: who talks to the wrong port, or is made to (CVE-2021-3618), is not to be
// answered as if it were a client.
bool is_foreign_protocol(std::string_view verb);

// "anonymous" and "ftp", in any case: the anonymous login, and no user's name.
bool is_anonymous_name(std::string_view name);

// "-la /pub" without the options that clients send to LIST as if it were ls(1): "/pub". Other words that
// begin with a dash are names.
std::string_view without_options(std::string_view argument);

// Digits only, the whole text, at most 2^63 - 1; none otherwise.
std::optional<std::uint64_t> parse_count(std::string_view text);

}  // namespace uvftpd
