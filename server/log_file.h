// A file that lines are appended to, each with one system call, and that is opened anew when it was renamed
// away: also from behind the fences, since its directory stays open.
#pragma once

#include <string>
#include <string_view>

#include "server/descriptor.h"

namespace uvftpd {

class LogFile {
 public:
  static LogFile standard_error();
  // Both: 0 or errno. Where it cannot be opened anew, the old one stays.
  int open(const std::string& path);
  int reopen();
  bool is_open() const { return file_.is_open(); }
  int directory() const { return directory_.get(); }  // for the fence; -1: no file
  void append(std::string_view lines);

 private:
  std::string name_;
  Descriptor directory_, file_;
};

}  // namespace uvftpd
