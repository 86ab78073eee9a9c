#include "server/owner_names.h"

#include <grp.h>
#include <pwd.h>

#include <array>
#include <map>
#include <mutex>

namespace uvftpd {
namespace {

// Bounded: a tree with more owners than this is asked about again and again, not remembered without end.
constexpr std::size_t kMaxRemembered = 1024;

class Names {
 public:
  template <class Look>
  std::string find(unsigned id, Look look) {
    const std::lock_guard lock(mutex_);
    const auto known = names_.find(id);
    if (known != names_.end()) return known->second;
    if (names_.size() >= kMaxRemembered) names_.clear();
    return names_[id] = look(id);
  }

 private:
  std::mutex mutex_;
  std::map<unsigned, std::string> names_;
};

}  // namespace

std::string user_name(uid_t id) {
  static Names names;
  return names.find(id, [](uid_t wanted) {
    std::array<char, 4096> room;
    passwd entry{};
    passwd* found = nullptr;
    ::getpwuid_r(wanted, &entry, room.data(), room.size(), &found);
    return found ? std::string(found->pw_name) : std::to_string(wanted);
  });
}

std::string group_name(gid_t id) {
  static Names names;
  return names.find(id, [](gid_t wanted) {
    std::array<char, 4096> room;
    group entry{};
    group* found = nullptr;
    ::getgrgid_r(wanted, &entry, room.data(), room.size(), &found);
    return found ? std::string(found->gr_name) : std::to_string(wanted);
  });
}

}  // namespace uvftpd
