// Files and directories of a test's own, below a fresh directory that is removed with everything in it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>  // mkdtemp

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "server/config_reader.h"

namespace uvftpd {

class ConfigFiles : public testing::Test {
 protected:
  ConfigFiles() {
    std::string name = std::filesystem::temp_directory_path() / "uvftpd-test-XXXXXX";
    const char* const made = mkdtemp(name.data());
    if (made != nullptr) base_ = std::filesystem::canonical(made);
  }
  ~ConfigFiles() override {
    std::error_code ignored;
    std::filesystem::remove_all(base_, ignored);
  }

  std::string path(const std::string& name) const { return base_ / name; }

  std::string directory(const std::string& name) const {
    std::filesystem::create_directories(base_ / name);
    return path(name);
  }

  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(base_ / name) << text;
    return path(name);
  }

  // Of one file with `text`.
  ReadConfig read(const std::string& text) const {
    const std::vector<std::string> files = {file("uvftpd.toml", text)};
    return read_config(files);
  }

  // The mistakes in `text`, a line each, without the file's name: "1:2: message".
  std::string mistakes(const std::string& text) const { return mistakes_of(read(text)); }

  std::string mistakes_of(const ReadConfig& read) const {
    std::string lines;
    for (const Mistake& mistake : read.mistakes) {
      std::string line = to_string(mistake);
      for (std::size_t at = line.find(base_.native() + '/'); at != std::string::npos;
           at = line.find(base_.native() + '/'))
        line.erase(at, base_.native().size() + 1);
      lines += line + '\n';
    }
    return lines;
  }

 private:
  std::filesystem::path base_;
};

}  // namespace uvftpd
