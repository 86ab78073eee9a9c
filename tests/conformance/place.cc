// Preparing and inspecting files. Permissions are wide: the server may well be another user than this
// program.
#include "place.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <vector>

#include "line.h"
#include "options.h"

namespace conformance {

namespace {

namespace fs = std::filesystem;

std::string new_name() {
  static int count = 0;
  return "conformance-" + std::to_string(getpid()) + '-' + std::to_string(++count);
}

void open_to_all(const fs::path& path) {
  // Only the owner of a file sets its time and its mode.
  struct stat root {};
  if (stat(options().root.c_str(), &root) == 0 && chown(path.c_str(), root.st_uid, root.st_gid) != 0) {
    // Only root gives files away; whoever else runs this is the owner already, or it cannot be helped.
  }
  fs::permissions(path, fs::is_directory(path) ? fs::perms(0777) : fs::perms(0666));
}

// What lies on the disk goes when the program ends: some servers stand in a directory for all their sessions,
// and fall when it is taken away.
class Leftovers {
 public:
  ~Leftovers() {
    std::error_code ignored;
    for (const fs::path& path : paths_) fs::remove_all(path, ignored);
  }
  void add(fs::path path) { paths_.push_back(std::move(path)); }

 private:
  std::vector<fs::path> paths_;
};

Leftovers& leftovers() {
  static Leftovers the_leftovers;
  return the_leftovers;
}

// Removes what lies where the client stands.
void empty(Client& client) {
  std::istringstream names(client.name_list());
  for (std::string name; std::getline(names, name);) {
    if (name.ends_with('\r')) name.pop_back();
    if (name == "." || name == ".." || client.command("DELE " + name).is_completion()) continue;
    if (!client.command("CWD " + name).is_completion()) continue;
    empty(client);
    client.command("CWD ..");
    client.command("RMD " + name);
  }
}

}  // namespace

Place::Place() : name_(new_name()) {
  Client client;
  client.log_in();
  const std::string above = client.directory();
  path_ = (above == "/" ? "" : above) + '/' + name_;
  if (options().root.empty()) {
    client.demand("MKD " + name_, 257);
    client.demand("CWD " + name_, 250);
    client.demand("TYPE I", 200);
    helper_ = std::move(client);
  } else {
    fs::create_directory(on_disk());
    open_to_all(on_disk());
    leftovers().add(on_disk());
  }
}

Place::~Place() {
  try {
    if (!helper_) return;  // Leftovers removes it
    empty(*helper_);
    helper_->command("CWD ..");
    helper_->command("RMD " + name_);
  } catch (const std::exception&) {
    // What the server does not let us remove stays; that is no line's failure.
  }
}

Client Place::client() const {
  Client result;
  enter(result);
  return result;
}

void Place::enter(Client& client) const {
  client.log_in();
  client.demand("CWD " + path_, 250);
}

void Place::write(const std::string& name, const std::string& content) {
  if (helper_) {
    const Transfer upload = helper_->upload("STOR " + name, content);
    if (!upload.closing.is_completion())
      throw NotShown("a file cannot be prepared: " + upload.closing.text());
    return;
  }
  std::ofstream(on_disk(name), std::ios::binary) << content;
  open_to_all(on_disk(name));
}

void Place::write_big(const std::string& name) {
  if (helper_) return write(name, std::string(kBigSize, '\0'));
  write(name, "");
  fs::resize_file(on_disk(name), kBigSize);
}

void Place::make_directory(const std::string& name) {
  if (helper_) {
    helper_->demand("MKD " + name, 257);
    return;
  }
  fs::create_directory(on_disk(name));
  open_to_all(on_disk(name));
}

void Place::set_time(const std::string& name) {
  const timespec times[2] = {{981173106, 0}, {981173106, 0}};
  if (utimensat(AT_FDCWD, on_disk(name).c_str(), times, 0) != 0) throw NotShown("the time cannot be set");
}

bool Place::has(const std::string& name) {
  if (!helper_) return fs::exists(fs::symlink_status(on_disk(name)));
  return ("\n" + helper_->name_list()).find("\n" + name + "\r\n") != std::string::npos;
}

std::string Place::read(const std::string& name) {
  if (helper_) {
    const Transfer download = helper_->download("RETR " + name);
    if (!download.closing.is_completion()) throw Mishap(name + " is not there: " + download.closing.text());
    return download.data;
  }
  std::ifstream file(on_disk(name), std::ios::binary);
  if (!file) throw Mishap(name + " is not there");
  return {std::istreambuf_iterator<char>(file), {}};
}

fs::path Place::on_disk(const std::string& name) const {
  if (options().root.empty()) throw NotShown("needs --root: it looks at the disk");
  return fs::path(options().root) / name_ / name;
}

}  // namespace conformance
