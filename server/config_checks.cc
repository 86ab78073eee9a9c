// Looks, and changes nothing. What it finds on the disk may differ when the daemon starts; that is the
// daemon's to meet then.
#include "server/config_checks.h"

#include <pwd.h>

#include <cstddef>
#include <filesystem>
#include <system_error>

#include "server/config_checks_tls.h"

namespace uvftpd {
namespace {

namespace fs = std::filesystem;

class Checks {
 public:
  Checks(const Config& config, const Places& places, std::vector<Mistake>& mistakes)
      : config_(config), places_(places), mistakes_(mistakes) {}

  void server_user() {
    const std::string& name = config_.server.user;
    if (name.empty()) return;
    // cppcheck-suppress getpwnamCalled  // there is one thread yet
    const passwd* found = ::getpwnam(name.c_str());
    if (found && found->pw_uid != 0) return;
    tell(place_of("server.user", "server.user"),
         "server.user must be a user of this machine other than root, and " + shown(name) + " is " +
             (found ? "root" : "none"));
  }

  void modes() {
    if (config_.active.enabled || config_.passive.enabled) return;
    tell(place_of("passive.enabled", "active.enabled"),
         "active.enabled and passive.enabled must not both be false: no data connection could come about");
  }

  void anonymous() {
    const Config::Anonymous& anonymous = config_.anonymous;
    if (!anonymous.enabled || anonymous.root.empty()) return;  // empty: refused already
    const bool readable =
        root("anonymous.root", anonymous.root, place_of("anonymous.root", "anonymous.enabled"));
    if (readable && anonymous.write != AnonymousWrite::none) upload_directory();
  }

  void user(const User& user, const UserPlaces& places) {
    for (const char* const key : {"user.name", "user.password", "user.root"})
      if (!places.keys.contains(key)) tell(places.block, std::string(key) + " is missing");
    const auto place = places.keys.find("user.root");
    if (place != places.keys.end() && !user.root.empty()) root("user.root", user.root, place->second);
  }

 private:
  void tell(const Place& place, std::string message) {
    mistakes_.push_back(mistake_at(place, std::move(message)));
  }

  // Of a key, or where it is left to its default, of the key that makes it matter; that one is in a file.
  Place place_of(std::string_view key, std::string_view otherwise) const {
    for (const std::string_view name : {key, otherwise})
      if (const auto found = places_.keys.find(name); found != places_.keys.end()) return found->second;
    return {};
  }

  // True where `path` is a directory that can be opened for reading.
  bool root(std::string_view key, const std::string& path, const Place& place) {
    std::error_code fault;
    const fs::directory_iterator opened(path, fault);
    if (!fault) return true;
    tell(place, std::string(key) + " must be a directory that can be read, and " + shown(path) +
                    " is not: " + fault.message());
    return false;
  }

  // No link on the way: rights hold for the path as the client names it, and a link is a second name for it.
  void upload_directory() {
    const Config::Anonymous& anonymous = config_.anonymous;
    fs::path path = anonymous.root;
    for (const fs::path& component : fs::path(anonymous.upload_directory).relative_path()) {
      path /= component;
      std::error_code fault;
      if (fs::symlink_status(path, fault).type() == fs::file_type::directory) continue;
      tell(place_of("anonymous.upload_directory", "anonymous.write"),
           "anonymous.upload_directory must be a directory below the root, and " + shown(path.native()) +
               " is none" + (fault ? ": " + fault.message() : ""));
      return;
    }
  }

  const Config& config_;
  const Places& places_;
  std::vector<Mistake>& mistakes_;
};

}  // namespace

void check_config(const Config& config, const Places& places, std::vector<Mistake>& mistakes) {
  Checks checks(config, places, mistakes);
  checks.server_user();
  checks.modes();
  checks.anonymous();
  check_tls(config, places, mistakes);
  for (std::size_t i = 0; i < config.users.size(); ++i) checks.user(config.users[i], places.users[i]);
}

}  // namespace uvftpd
