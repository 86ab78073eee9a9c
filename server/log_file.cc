#include "server/log_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "server/file_calls.h"

namespace uvftpd {

LogFile LogFile::standard_error() {
  LogFile file;
  file.file_ = Descriptor(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  return file;
}

int LogFile::open(const std::string& path) {
  const auto slash = path.rfind('/');
  name_ = path.substr(slash + 1);
  directory_ = Descriptor(::open(path.substr(0, slash + 1).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  return directory_.is_open() ? reopen() : errno;
}

int LogFile::reopen() {
  if (!directory_.is_open()) return 0;
  const open_how how{
      .flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, .mode = 0666, .resolve = 0};
  Descriptor opened(file_calls::openat2(directory_.get(), name_.c_str(), how));
  if (!opened.is_open()) return errno;
  file_ = std::move(opened);
  return 0;
}

// What a full disk has no room for is lost: the service goes on.
void LogFile::append(std::string_view lines) {
  while (!lines.empty()) {
    const auto count = ::write(file_.get(), lines.data(), lines.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    lines.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace uvftpd
