// A directory of its own for one test, below the login's: files to find there, and a look at what came of
// them. With --root it works on the disk, else over FTP. It is gone when the test ends.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "client.h"

namespace conformance {

class Place {
 public:
  Place();
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  // A client that is logged in and stands here.
  Client client() const;
  void enter(Client& client) const;  // logs in, and goes here

  void write(const std::string& name, const std::string& content);
  void write_big(const std::string& name);  // kBigSize bytes of NUL
  void make_directory(const std::string& name);
  void set_time(const std::string& name);  // to 2001-02-03 04:05:06 UTC
  bool has(const std::string& name);
  std::string read(const std::string& name);  // throws Mishap when it is not there

  const std::string& path() const { return path_; }  // as the server's clients see it, absolute
  std::string path(const std::string& name) const { return path_ + '/' + name; }
  // On this machine's disk; without --root the line is not shown.
  std::filesystem::path on_disk(const std::string& name = "") const;

  static constexpr const char* kTime = "20010203040506";
  static constexpr std::size_t kBigSize = 16UL * 1024 * 1024;

 private:
  std::string name_;
  std::string path_;
  std::optional<Client> helper_;  // does without --root what the disk does with it
};

}  // namespace conformance
