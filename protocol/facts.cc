#include "protocol/facts.h"

#include <array>
#include <charconv>

#include "protocol/command.h"
#include "protocol/file_type.h"
#include "protocol/timestamp.h"

namespace uvftpd {
namespace {

// In the order of Fact.
constexpr std::array<std::string_view, 8> kNames = {"type",   "size",      "modify",   "perm",
                                                    "unique", "UNIX.mode", "UNIX.uid", "UNIX.gid"};

std::string_view name_of_type(std::uint32_t mode) {
  switch (mode & kTypeMask) {
    case kRegular:
      return "file";
    case kDirectory:
      return "dir";
    case kLink:
      return "OS.unix=slink:";
    case kFifo:
      return "OS.unix=fifo";
    case kSocket:
      return "OS.unix=socket";
    case kCharacterDevice:
      return "OS.unix=chr";
    default:
      return "OS.unix=blk";
  }
}

void append_number(std::uint64_t number, int base, std::string& out) {
  std::array<char, 24> digits;
  out.append(digits.data(), std::to_chars(digits.begin(), digits.end(), number, base).ptr);
}

void append_mode(std::uint32_t mode, std::string& out) {
  for (const unsigned shift : {9U, 6U, 3U, 0U}) out += static_cast<char>('0' + ((mode >> shift) & 7U));
}

// RFC 3659, section 7.5.5: what the session may try with a reasonable hope.
void append_permissions(const FileFacts& facts, std::string& out) {
  const auto letter = [&facts, &out](char sign, Permission permission, bool access) {
    if (access && facts.permissions.has(permission)) out += sign;
  };
  const FileAccess& access = facts.access;
  const bool may_overwrite = facts.permissions.has(Permission::overwrite) && access.may_write;
  if ((facts.mode & kTypeMask) == kDirectory) {
    letter('c', Permission::upload, access.may_write && access.may_search);
    letter('d', Permission::rmdir, access.may_change_parent);
    letter('e', Permission::none, access.may_search);
    letter('f', Permission::rename, access.may_change_parent);
    letter('l', Permission::list, access.may_read);
    letter('m', Permission::mkdir, access.may_write && access.may_search);
    letter('p', Permission::remove, access.may_write && access.may_search);
  } else {
    const bool is_file = (facts.mode & kTypeMask) == kRegular;
    letter('a', Permission::append, is_file && access.may_write);
    letter('d', Permission::remove, access.may_change_parent);
    letter('f', Permission::rename, access.may_change_parent);
    letter('r', Permission::download, is_file && access.may_read);
    letter('w', Permission::upload, is_file && may_overwrite && access.may_change_parent);
  }
}

}  // namespace

FactSet FactSet::parse(std::string_view list) {
  unsigned bits = 0;
  while (!list.empty()) {
    const auto end = list.find(';');
    const std::string word = upper_case(list.substr(0, end));
    for (std::size_t i = 0; i < kNames.size(); ++i)
      if (word == upper_case(kNames[i])) bits |= 1U << i;
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
  return FactSet(static_cast<std::uint8_t>(bits));
}

std::string to_string(FactSet set) {
  std::string text;
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (set.has(static_cast<Fact>(i))) text.append(kNames[i]).append(";");
  return text;
}

std::string all_facts_starred(FactSet set) {
  std::string text;
  for (std::size_t i = 0; i < kNames.size(); ++i)
    text.append(kNames[i]).append(set.has(static_cast<Fact>(i)) ? "*;" : ";");
  return text;
}

void FactFormatter::append(const FileFacts& facts, std::string& out) {
  const auto begin = [this, &out](Fact fact) {
    if (!wanted_.has(fact)) return false;
    out.append(kNames[static_cast<std::size_t>(fact)]).append("=");
    return true;
  };
  if (begin(Fact::type)) out.append(name_of_type(facts.mode)).append(";");
  if ((facts.mode & kTypeMask) != kDirectory && begin(Fact::size))
    append_number(facts.size, 10, out), out += ';';
  if (begin(Fact::modify)) append_modified(facts, out);
  if (begin(Fact::perm)) append_permissions(facts, out), out += ';';
  if (begin(Fact::unique)) {
    append_number(facts.device, 16, out);
    out += 'g';
    append_number(facts.inode, 16, out);
    out += ';';
  }
  if (begin(Fact::unix_mode)) append_mode(facts.mode, out), out += ';';
  if (begin(Fact::unix_uid)) append_number(facts.uid, 10, out), out += ';';
  if (begin(Fact::unix_gid)) append_number(facts.gid, 10, out), out += ';';
}

void FactFormatter::append_modified(const FileFacts& facts, std::string& out) {
  if (facts.modified != dated_second_ || date_text_.empty()) {
    date_text_ = format_time_value(facts.modified);
    dated_second_ = facts.modified;
  }
  out += date_text_;
  const unsigned milliseconds = facts.nanoseconds / 1000000;
  if (milliseconds > 0) out.append(".").append(std::to_string(1000 + milliseconds), 1);
  out += ';';
}

}  // namespace uvftpd
