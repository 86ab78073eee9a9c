// The configuration reader: every text is either a configuration that keeps its promises or has mistakes that
// can be shown; and the small notations of the configuration for themselves.
//
// Input: TOML; a byte 28 parts it into two files, the later of which overlays the earlier. The files are in
// memory. The reader looks for the directories that are named, so the outcome may depend on the disk: no
// promise does.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "protocol/command.h"
#include "server/config_reader.h"
#include "server/config_report.h"
#include "server/config_text.h"
#include "tests/fuzz/fuzz.h"

namespace uvftpd {
namespace {

// A file without a place on a disk, with a name that can be opened.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("uvftpd.toml", MFD_CLOEXEC)) {
    demand(descriptor_ >= 0, "there is room for a file in memory");
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(descriptor_); }

  void hold(std::string_view text) const {
    demand(::ftruncate(descriptor_, 0) == 0, "a file can be emptied");
    demand(::pwrite(descriptor_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()),
           "a file can be written");
  }
  std::string name() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control_character);
}

void check_mistakes(const ReadConfig& read, const std::vector<std::string>& files) {
  std::size_t file = 0;
  unsigned line = 0;
  for (const Mistake& mistake : read.mistakes) {
    const auto at = std::find(files.begin(), files.end(), mistake.file);
    demand(at != files.end(), "a mistake names its file");
    const auto index = static_cast<std::size_t>(at - files.begin());
    demand(index > file || (index == file && mistake.line >= line), "mistakes are in the order of the lines");
    demand(mistake.line > 0 && mistake.column > 0, "a mistake has its place");
    demand(!mistake.message.empty(), "a mistake has its words");
    file = index;
    line = mistake.line;
  }
}

bool is_within_a_week(Milliseconds time) { return time.count() >= 1 && time <= std::chrono::hours(24 * 7); }

void check_values(const Config& config) {
  demand(!config.server.listen.empty(), "the server listens somewhere");
  demand(config.server.banner.size() <= 500 && !has_control(config.server.banner), "the banner is one line");
  demand(config.active.enabled || config.passive.enabled, "a data connection is possible");
  demand(config.passive.ports.first <= config.passive.ports.last, "passive ports are in order");
  demand(config.passive.ports.first >= 1024, "passive ports are unprivileged");
  for (const Milliseconds time :
       {config.timeouts.idle, config.timeouts.login, config.timeouts.data_open, config.timeouts.stalled})
    demand(is_within_a_week(time), "a timeout is within its range");
  demand(config.limits.sessions > 0 && config.limits.login_failures > 0, "limits leave room for one");
  const std::string& upload = config.anonymous.upload_directory;
  demand(upload.empty() || (upload != "/" && is_normalised(upload)), "the upload directory is normalised");
  demand(config.anonymous.root.starts_with('/'), "the anonymous root is absolute");
  for (const PassiveRule& rule : config.passive.rules)
    demand(!rule.clients.empty(), "a rule is for somebody");
}

void check_users(const std::vector<User>& users) {
  for (const User& user : users) {
    demand(!user.name.empty() && !has_control(user.name), "a user has a name");
    demand(!is_anonymous_name(user.name), "no user is the anonymous one");
    demand(!user.password_hash.empty(), "a user has a hash, if only a locked one");
    demand(user.root.starts_with('/'), "a user's root is absolute");
    demand(std::count_if(users.begin(), users.end(),
                         [&](const User& other) { return other.name == user.name; }) == 1,
           "a user's name is there once");
    user_rights(user);
  }
}

void check_notations(std::string_view text) {
  if (const auto time = parse_time(text)) demand(time->count() >= 0, "no time is negative");
  if (const auto range = parse_port_range(text)) demand(range->first <= range->last, "a range is in order");
  if (const auto address = parse_listen_address(text))
    demand(parse_listen_address(to_string(*address)) == address, "an address to listen at can be read back");
  if (const auto network = parse_network(text))
    demand(network->contains(network->address), "a network has its own address");
  if (looks_like_host_name(text)) demand(!has_control(text), "a host's name has no control character");
}

void check(const std::vector<std::string>& files) {
  const ReadConfig read = read_config(files);
  check_mistakes(read, files);
  if (!read.mistakes.empty()) return;
  check_values(read.config);
  check_users(read.config.users);
  anonymous_rights(read.config.anonymous);
  demand(!describe(read.config).empty(), "a configuration can be told in words");
}

}  // namespace
}  // namespace uvftpd

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace uvftpd;
  static const std::array<MemoryFile, 2> kFiles;
  Input input(data, size);
  if (size < 64) check_notations(input.rest());
  std::vector<std::string> names;
  for (const MemoryFile& file : kFiles) {
    if (!names.empty() && input.rest().empty()) break;
    file.hold(input.text_until('\x1c'));
    names.push_back(file.name());
  }
  check(names);
  return 0;
}
