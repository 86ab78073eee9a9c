// The table of vsftpd's options: a row each, with its default there and what becomes of it in uvftpd.
//
// Of all versions and distributions together, so that any vsftpd.conf can be read. Values are
// vsftpd_config's, the TOML import_vsftpd's.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace uvftpd {

struct VsftpdOption {
  enum class Kind : std::uint8_t { yes_no, number, text };
  enum class Fate : std::uint8_t {
    key,     // `words` names the keys that say it
    always,  // uvftpd behaves as `words` says whatever the option is
    none,    // no counterpart
    other,   // it is about something that uvftpd has not, or is not
  };
  // Where leaving it out permits or shows what vsftpd did not: the administrator must be told.
  enum class Loss : std::uint8_t { nothing, when_yes, when_no, when_set };

  std::string_view name;
  std::string_view standard;  // the default as a file would say it; of text, empty is unset
  std::string_view words;
  Kind kind;
  Fate fate;
  Loss loss = Loss::nothing;
};

std::span<const VsftpdOption> vsftpd_options();
const VsftpdOption* find_vsftpd_option(std::string_view name);

}  // namespace uvftpd
