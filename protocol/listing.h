// The lines of LIST, and names as every listing has them. Pure formatting: facts in, bytes for the data
// connection out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace uvftpd {

// What a listing tells of one directory entry.
struct ListedEntry {
  std::string_view name;
  std::string_view owner, group;  // names, or numbers where there is no name
  std::string_view link_target;   // of a symbolic link
  std::uint32_t mode = 0;         // as in st_mode, type included
  std::uint64_t links = 1;
  std::uint64_t size = 0;     // bytes
  std::int64_t modified = 0;  // seconds since 1970
};

// Appends lines as `ls -l` writes them (RFC 959 leaves the form free; clients parse this one), ended by CRLF,
// times in UTC. Control characters in a name are shown as '?'.
class ListFormatter {
 public:
  explicit ListFormatter(std::int64_t now) : now_(now) {}
  void append(const ListedEntry& entry, std::string& out);

 private:
  std::int64_t now_;
  std::int64_t dated_minute_ = -1;  // of date_text_: neighbours in a directory often share it
  std::string date_text_;
};

// Appends the name as RETR takes it, byte for byte (RFC 1123, section 4.1.2.7), but a CR in it is sent as CR
// NUL (RFC 2640, section 3.1).
void append_name(std::string_view name, std::string& out);
std::string name_as_sent(std::string_view name);

// Such a name cannot be said on a line: NLST and MLSD leave it out.
bool has_line_end(std::string_view name);

}  // namespace uvftpd
