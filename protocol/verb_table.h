// The verb table: everything about a verb but what its handler does. Guards (500, 501, 503, 530, 550) are
// applied from it in one place, HELP and FEAT are made from it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "protocol/command.h"
#include "protocol/permission.h"
#include "protocol/reply.h"

namespace uvftpd {

class Session;

struct Verb {
  enum class Argument : std::uint8_t {
    none,           // 501 with one
    optional,       // the handler looks at it
    required,       // 501 without one
    path,           // required; resolved, and the permission is asked for it
    new_path,       // likewise, and it may become a new name
    word_and_path,  // both required: a word that stays the argument, and behind it such a path
    optional_path,  // likewise, without one the current directory is meant
    listing,        // likewise, and behind options as of `ls`, which are taken off
  };
  enum class Login : std::uint8_t { needed, not_needed };
  enum class InTransfer : std::uint8_t { waits, heard, interrupts };
  enum class Offered : std::uint8_t { always, with_tls };

  std::string_view name;  // of what stands behind SITE: "SITE CHMOD"
  void (Session::*handler)(const Command& command);
  Argument argument;
  std::string_view syntax;  // behind the name, for HELP
  Login login = Login::needed;
  Permission permission = Permission::none;
  std::string_view feature = {};           // its line of FEAT (RFC 2389); empty: none
  Code refusal = Code::permission_denied;  // what RFC 959, section 5.4 lets it answer without the permission
  InTransfer in_transfer = InTransfer::waits;
  Offered offered = Offered::always;
};

// `name` in upper case; none when the verb is unknown.
const Verb* find_verb(std::string_view name);

// Of an RFC or of common use, but not offered here: 502 and not 500 (RFC 959, section 4.2). In upper case.
bool is_known_elsewhere(std::string_view name);

// In alphabetical order.
std::span<const Verb> all_verbs();

// The same for what stands behind SITE.
const Verb* find_site_verb(std::string_view name);
std::span<const Verb> all_site_verbs();

}  // namespace uvftpd
