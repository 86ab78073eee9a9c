// Facts about files, as MLST and MLSD tell them (RFC 3659, section 7). Pure: who asks knows the file, here it
// is only put into words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/permission.h"

namespace uvftpd {

enum class Fact : std::uint8_t { type, size, modify, perm, unique, unix_mode, unix_uid, unix_gid };

// Which facts a session wants to be told.
class FactSet {
 public:
  static FactSet all() { return FactSet(0xff); }
  // Of a list as OPTS MLST has it, "Type;size;": what is not known is skipped.
  static FactSet parse(std::string_view list);

  constexpr FactSet() = default;
  constexpr bool has(Fact one) const { return (bits_ >> static_cast<unsigned>(one)) & 1U; }
  bool operator==(const FactSet&) const = default;

 private:
  constexpr explicit FactSet(std::uint8_t bits) : bits_(bits) {}
  std::uint8_t bits_ = 0;
};

// "type;size;"
std::string to_string(FactSet set);
// For FEAT: every fact that there is, a star behind those in `set`.
std::string all_facts_starred(FactSet set);

// What a session asks for: these facts, and `perm` by its rights.
struct FactQuery {
  FactSet wanted;
  Rights rights;
  bool operator==(const FactQuery&) const = default;
};

// What the daemon may do with a file, as far as its mode and that of its directory say.
struct FileAccess {
  bool may_read = false, may_write = false, may_search = false;
  bool may_change_parent = false;
};

struct FileFacts {
  std::uint32_t mode = 0;  // as in st_mode, type included; a symbolic link's only if it leads nowhere
  std::uint32_t uid = 0, gid = 0;
  std::uint64_t size = 0;     // bytes
  std::int64_t modified = 0;  // seconds since 1970
  std::uint32_t nanoseconds = 0;
  std::uint64_t device = 0, inode = 0;
  FileAccess access;
  Permissions permissions;  // of the session, at this path
};

// Appends "type=file;size=5;", without a name and without an end of line.
class FactFormatter {
 public:
  explicit FactFormatter(FactSet wanted) : wanted_(wanted) {}
  void append(const FileFacts& facts, std::string& out);

 private:
  void append_modified(const FileFacts& facts, std::string& out);

  FactSet wanted_;
  std::int64_t dated_second_ = 0;  // of date_text_: neighbours in a directory often share it
  std::string date_text_;
};

}  // namespace uvftpd
