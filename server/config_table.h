// The table of options: a row an option, from which come its reading, its line in the example file and the
// proposal for a mistyped key. A new option is a field in config.h and a row here.
//
// Reads single values only: files and their order are config_reader's, checks on the disk config_checks'.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "server/config.h"
#include "server/config_value.h"

namespace uvftpd {

struct Section {
  enum class Shape : std::uint8_t { table, array_of_tables };

  std::string_view name;  // "passive", "passive.rule"
  Shape shape = Shape::table;
  std::string_view explanation;
  void (*append)(Config&) =
      nullptr;  // of an array: makes the element that the section's options are read into
};

struct Option {
  std::string_view section;
  std::string_view key;
  std::string_view value;  // the default as TOML; in an array of tables: an example
  std::string_view explanation;
  void (*read)(ValueReader& reader, Config& config) = nullptr;
};

// Both in the order of the example file.
std::span<const Section> sections();
std::span<const Option> options();

const Section* find_section(std::string_view name);
const Option* find_option(std::string_view section, std::string_view key);

// "; did you mean …?" with what is known and near, or which keys `section` has. `section` is empty at the
// top.
std::string proposal_for_key(std::string_view section, std::string_view key);
std::string proposal_for_section(std::string_view name);
}  // namespace uvftpd
