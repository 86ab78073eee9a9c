// A uvftpd of our own, on a free port, with a root and a configuration in a temporary directory.
// It changes nothing outside that directory, and leaves nothing behind.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

#include "options.h"

namespace conformance {

class Daemon {
 public:
  // Returns once it is ready. Throws std::runtime_error.
  explicit Daemon(const std::string& binary);
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Where it is found and who may log in.
  void tell(Options& options) const;

 private:
  void make_certificate() const;
  void write_configuration() const;
  bool start(const std::string& binary);

  std::filesystem::path directory_;
  std::uint16_t port_ = 0;
  pid_t process_ = 0;
};

}  // namespace conformance
