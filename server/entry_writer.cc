#include "server/entry_writer.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <vector>

#include "protocol/listing.h"
#include "server/file_calls.h"
#include "server/jail.h"
#include "server/owner_names.h"

namespace uvftpd {
namespace {

constexpr std::string_view kUnknown = "?";  // an owner

// Of a link what it is itself. 0 or errno.
int look_at_entry(int directory, const char* name, struct stat& status) {
  return file_calls::fstatat(directory, name, status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0 ? 0 : errno;
}

// LIST's lines, with the owners' names kept from entry to entry.
class LineWriter final : public EntryWriter {
 public:
  LineWriter() : formatter_(std::time(nullptr)) {}

  void append(int directory, const char* name, unsigned char kind, std::string& out) override {
    struct stat found {};
    const int error = look_at_entry(directory, name, found);
    if (error == ENOENT) return;
    const bool is_known = error == 0;
    if (is_known) {
      if (user_.empty() || found.st_uid != uid_) user_ = user_name(uid_ = found.st_uid);
      if (group_.empty() || found.st_gid != gid_) group_ = group_name(gid_ = found.st_gid);
    } else {
      found.st_mode = DTTOIF(unsigned{kind});
    }
    std::array<char, 1024> target;
    const auto length =
        S_ISLNK(found.st_mode) ? file_calls::readlinkat(directory, name, target.data(), target.size()) : 0;
    formatter_.append({.name = name,
                       .owner = is_known ? std::string_view(user_) : kUnknown,
                       .group = is_known ? std::string_view(group_) : kUnknown,
                       .link_target = {target.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))},
                       .mode = found.st_mode,
                       .links = found.st_nlink,
                       .size = static_cast<std::uint64_t>(found.st_size),
                       .modified = found.st_mtim.tv_sec},
                      out);
  }

 private:
  ListFormatter formatter_;
  uid_t uid_ = 0;
  gid_t gid_ = 0;
  std::string user_, group_;
};

class NameWriter final : public EntryWriter {
 public:
  explicit NameWriter(std::string prefix) : prefix_(std::move(prefix)) {}

  void append(int, const char* name, unsigned char, std::string& out) override {
    if (has_line_end(name)) return;
    out += prefix_;
    append_name(name, out);
    out += "\r\n";
  }

 private:
  std::string prefix_;
};

// ---- facts ----

// Whom the kernel takes the daemon for: asked once.
struct Identity {
  uid_t user = ::geteuid();
  std::vector<gid_t> groups;

  Identity() {
    groups.resize(static_cast<std::size_t>(std::max(::getgroups(0, nullptr), 0)));
    ::getgroups(static_cast<int>(groups.size()), groups.data());
    groups.push_back(::getegid());
  }
};

const Identity& self() {
  static const Identity kSelf;
  return kSelf;
}

// The three bits of a mode that hold for the daemon: 4 reading, 2 writing, 1 executing or searching.
unsigned own_bits(const struct stat& status) {
  if (self().user == 0) return 7;
  if (status.st_uid == self().user) return (status.st_mode >> 6) & 7;
  const bool is_member =
      std::find(self().groups.begin(), self().groups.end(), status.st_gid) != self().groups.end();
  return (is_member ? status.st_mode >> 3 : status.st_mode) & 7;
}

enum class Parent : std::uint8_t { fixed, changeable };

Parent parent_of(const struct stat& directory) {
  return (own_bits(directory) & 3) == 3 ? Parent::changeable : Parent::fixed;
}

FileFacts facts_of(const struct stat& status, Parent parent, const Permissions& permissions) {
  const unsigned bits = own_bits(status);
  return {.mode = status.st_mode,
          .uid = status.st_uid,
          .gid = status.st_gid,
          .size = static_cast<std::uint64_t>(status.st_size),
          .modified = status.st_mtim.tv_sec,
          .nanoseconds = static_cast<std::uint32_t>(status.st_mtim.tv_nsec),
          .device = status.st_dev,
          .inode = status.st_ino,
          .access = {.may_read = (bits & 4) != 0,
                     .may_write = (bits & 2) != 0,
                     .may_search = (bits & 1) != 0,
                     .may_change_parent = parent == Parent::changeable},
          .permissions = permissions};
}

class FactWriter final : public EntryWriter {
 public:
  FactWriter(SharedFile root, std::string directory, FactQuery query)
      : root_(std::move(root)),
        prefix_(directory == "/" ? "/" : std::move(directory) + "/"),
        query_(std::move(query)),
        formatter_(query_.wanted) {}

  void append(int directory, const char* name, unsigned char, std::string& out) override {
    if (has_line_end(name)) return;
    if (append_facts(directory, name, out) == ENOENT) return;
    out += ' ';
    append_name(name, out);
    out += "\r\n";
  }

 private:
  // 0 or errno. RFC 3659, section 7.2: a fact that cannot be had is left out.
  int append_facts(int directory, const char* name, std::string& out) {
    struct stat status {};
    if (const int error = look_at_entry(directory, name, status); error != 0) return error;
    path_.assign(prefix_).append(name);
    // A link is told as what it leads to (RFC 3659, section 7.7.4), if it leads anywhere beneath the root.
    if (S_ISLNK(status.st_mode))
      if (const Found target = look_at(*root_, path_); target.error == 0) status = target.status;
    if (!parent_) parent_ = look_at_parent(directory);
    formatter_.append(facts_of(status, *parent_, query_.rights.at(path_)), out);
    return 0;
  }

  static Parent look_at_parent(int directory) {
    struct stat status {};
    return file_calls::fstat(directory, status) == 0 ? parent_of(status) : Parent::fixed;
  }

  SharedFile root_;
  std::string prefix_;  // of the entries' virtual paths
  std::string path_;    // of one
  FactQuery query_;
  FactFormatter formatter_;
  std::optional<Parent> parent_;
};

}  // namespace

void prepare_listings() {
  user_name(0);
  group_name(0);
  self();
}

std::unique_ptr<EntryWriter> make_entry_writer(const SharedFile& root, const TransferRequest& request,
                                               std::string prefix, std::string directory) {
  switch (request.kind) {
    case TransferRequest::Kind::fact_list:
      return std::make_unique<FactWriter>(root, std::move(directory), request.query);
    case TransferRequest::Kind::name_list:
      return std::make_unique<NameWriter>(std::move(prefix));
    default:
      return std::make_unique<LineWriter>();
  }
}

FileResult facts_about(const OpenFile& root, const std::string& path, const FactQuery& query) {
  const Found found = look_at(root, path);
  if (found.error != 0) return {found.error};
  const Found above = look_at(root, path.substr(0, std::max<std::size_t>(path.rfind('/'), 1)));
  const bool is_root = path == "/";
  const Parent parent = !is_root && above.error == 0 ? parent_of(above.status) : Parent::fixed;
  FileResult result;
  FactFormatter(query.wanted).append(facts_of(found.status, parent, query.rights.at(path)), result.text);
  return result;
}

}  // namespace uvftpd
