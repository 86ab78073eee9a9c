#include "protocol/listing.h"

#include <charconv>

#include "protocol/file_type.h"
#include "protocol/timestamp.h"

namespace uvftpd {
namespace {

char type_letter(std::uint32_t mode) {
  switch (mode & kTypeMask) {
    case kDirectory:
      return 'd';
    case kLink:
      return 'l';
    case kFifo:
      return 'p';
    case kCharacterDevice:
      return 'c';
    case kBlockDevice:
      return 'b';
    case kSocket:
      return 's';
    default:
      return '-';
  }
}

void append_mode(std::uint32_t mode, std::string& out) {
  char text[] = "?rwxrwxrwx";
  text[0] = type_letter(mode);
  for (unsigned bit = 0; bit < 9; ++bit)
    if ((mode & (0400U >> bit)) == 0) text[1 + bit] = '-';
  if (mode & 04000U) text[3] = text[3] == 'x' ? 's' : 'S';
  if (mode & 02000U) text[6] = text[6] == 'x' ? 's' : 'S';
  if (mode & 01000U) text[9] = text[9] == 'x' ? 't' : 'T';
  out += text;
}

void append_right(std::uint64_t number, std::size_t width, std::string& out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  const auto length = static_cast<std::size_t>(end - digits);
  if (length < width) out.append(width - length, ' ');
  out.append(digits, length);
}

void append_left(std::string_view text, std::size_t width, std::string& out) {
  out.append(text);
  if (text.size() < width) out.append(width - text.size(), ' ');
}

void append_shown(std::string_view name, std::string& out) {
  const auto start = out.size();
  out.append(name);
  for (auto i = start; i < out.size(); ++i)
    if (static_cast<unsigned char>(out[i]) < 0x20 || out[i] == 0x7f) out[i] = '?';
}

}  // namespace

void ListFormatter::append(const ListedEntry& entry, std::string& out) {
  const std::int64_t minute = entry.modified / 60 - (entry.modified % 60 < 0 ? 1 : 0);  // rounded down
  if (minute != dated_minute_ || date_text_.empty()) {
    date_text_ = format_listing_date(entry.modified, now_);
    dated_minute_ = minute;
  }
  append_mode(entry.mode, out);
  append_right(entry.links, 5, out);
  out += ' ';
  append_left(entry.owner, 8, out);
  out += ' ';
  append_left(entry.group, 8, out);
  out += ' ';
  append_right(entry.size, 12, out);
  out.append(" ").append(date_text_).append(" ");
  append_shown(entry.name, out);
  if (!entry.link_target.empty()) {
    out += " -> ";
    append_shown(entry.link_target, out);
  }
  out += "\r\n";
}

void append_name(std::string_view name, std::string& out) {
  for (auto cr = name.find('\r'); cr != std::string_view::npos; cr = name.find('\r')) {
    out.append(name.substr(0, cr + 1)).push_back('\0');
    name.remove_prefix(cr + 1);
  }
  out.append(name);
}

std::string name_as_sent(std::string_view name) {
  std::string out;
  append_name(name, out);
  return out;
}

bool has_line_end(std::string_view name) { return name.find('\n') != std::string_view::npos; }

}  // namespace uvftpd
