// What a session may do: the permissions of an account, and where below its root they hold.
//
// Pure values. Who has which rights is said by the configuration; a verb's row in the verb table says
// which permission it needs; Rights::allows is the one place where the two meet.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace uvftpd {

enum class Permission : std::uint16_t {
  none = 0,  // for verbs that everybody may use
  list = 1 << 0,
  download = 1 << 1,
  upload = 1 << 2,     // new files
  append = 1 << 3,     // to files that are there
  overwrite = 1 << 4,  // files that are there: by RNTO and, together with upload, by STOR
  rename = 1 << 5,
  remove = 1 << 6,  // "delete" in the configuration
  mkdir = 1 << 7,
  rmdir = 1 << 8,
  chmod = 1 << 9,
  mtime = 1 << 10,
};

// The name in the configuration ("delete" for remove), and back.
std::string_view to_string(Permission permission);
std::optional<Permission> parse_permission(std::string_view name);

class Permissions {
 public:
  constexpr Permissions() = default;
  constexpr Permissions(std::initializer_list<Permission> list) {
    for (const Permission one : list) add(one);
  }
  constexpr void add(Permission one) {
    bits_ = static_cast<std::uint16_t>(bits_ | static_cast<std::uint16_t>(one));
  }
  constexpr bool has(Permission one) const {
    const auto bit = static_cast<std::uint16_t>(one);
    return (bits_ & bit) == bit;
  }
  constexpr bool operator==(const Permissions&) const = default;

  static constexpr Permissions reading() { return {Permission::list, Permission::download}; }
  static constexpr Permissions all() {
    Permissions every;
    every.bits_ = (1 << 11) - 1;
    return every;
  }

 private:
  std::uint16_t bits_ = 0;
};

// The rights of one login. `within` rules at upload_directory and below it, `elsewhere` in the rest of the
// root.
struct Rights {
  Permissions elsewhere;
  Permissions within;
  std::string upload_directory;  // a normalised virtual path; empty: `elsewhere` rules everywhere
  std::string_view key;          // the configuration's key that decided, for the log; a literal

  // `path` is a normalised virtual path.
  const Permissions& at(std::string_view path) const;
  bool allows(Permission wanted, std::string_view path) const { return at(path).has(wanted); }
  bool operator==(const Rights&) const = default;
};

}  // namespace uvftpd
