#include "server/owner_names.h"

#include <grp.h>
#include <pwd.h>

#include <map>

namespace uvftpd {
namespace {

// Of a directory service with more accounts than this the others are shown as numbers.
constexpr std::size_t kMaxNames = 65536;

using Names = std::map<unsigned, std::string>;

Names users() {
  Names names;
  ::setpwent();
  // cppcheck-suppress getpwentCalled  // the first time, and then only one thread is there
  while (const passwd* entry = names.size() < kMaxNames ? ::getpwent() : nullptr)
    names.emplace(entry->pw_uid, entry->pw_name);
  ::endpwent();
  return names;
}

Names groups() {
  Names names;
  ::setgrent();
  // cppcheck-suppress getgrentCalled
  while (const group* entry = names.size() < kMaxNames ? ::getgrent() : nullptr)
    names.emplace(entry->gr_gid, entry->gr_name);
  ::endgrent();
  return names;
}

std::string name_or_number(const Names& names, unsigned id) {
  const auto known = names.find(id);
  return known != names.end() ? known->second : std::to_string(id);
}

}  // namespace

std::string user_name(uid_t id) {
  static const Names kUsers = users();
  return name_or_number(kUsers, id);
}

std::string group_name(gid_t id) {
  static const Names kGroups = groups();
  return name_or_number(kGroups, id);
}

}  // namespace uvftpd
