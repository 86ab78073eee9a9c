// A directory of its own for each test, gone with it, and small helpers to fill it and look at it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "server/storage.h"

namespace uvftpd {

class TemporaryTree {
 public:
  explicit TemporaryTree(const std::filesystem::path& parent = std::filesystem::temp_directory_path()) {
    std::string name = (parent / "uvftpd-test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    base_ = name;
    std::filesystem::create_directory(base_ / "root");
    std::filesystem::create_directory(base_ / "outside");
  }
  TemporaryTree(const TemporaryTree&) = delete;
  TemporaryTree& operator=(const TemporaryTree&) = delete;
  ~TemporaryTree() { std::filesystem::remove_all(base_); }

  std::filesystem::path root() const { return base_ / "root"; }
  std::filesystem::path outside() const { return base_ / "outside"; }
  SharedRoot open() const { return open_root(root()).root; }

  void write(const std::filesystem::path& path, const std::string& text) const {
    std::ofstream(path, std::ios::binary) << text;
  }
  static std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(root()), {}));
  }

 private:
  std::filesystem::path base_;
};

}  // namespace uvftpd
