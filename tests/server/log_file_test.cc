// A log's file: opened anew where it was renamed away, and gone on with where it cannot be.
#include "server/log_file.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "temporary_tree.h"

namespace uvftpd {
namespace {

class LogFileTest : public ::testing::Test {
 protected:
  const TemporaryTree tree_;
  const std::string path_ = tree_.root() / "log";
  LogFile log_;
};

TEST_F(LogFileTest, IsAppendedTo) {
  ASSERT_EQ(log_.open(path_), 0);
  log_.append("one\n");
  ASSERT_EQ(log_.open(path_), 0);
  log_.append("two\n");
  EXPECT_EQ(TemporaryTree::read(path_), "one\ntwo\n");
}

TEST_F(LogFileTest, IsMadeAnewWhereItWasRenamed) {
  ASSERT_EQ(log_.open(path_), 0);
  log_.append("old\n");
  std::filesystem::rename(path_, path_ + ".1");
  log_.append("old too\n");
  EXPECT_EQ(log_.reopen(), 0);
  log_.append("new\n");
  EXPECT_EQ(TemporaryTree::read(path_ + ".1"), "old\nold too\n");
  EXPECT_EQ(TemporaryTree::read(path_), "new\n");
}

TEST_F(LogFileTest, IsGoneOnWithWhereItCannotBeOpenedAnew) {
  ASSERT_EQ(log_.open(path_), 0);
  std::filesystem::rename(path_, path_ + ".1");
  std::filesystem::create_directory(path_);
  EXPECT_EQ(log_.reopen(), EISDIR);
  log_.append("still there\n");
  EXPECT_EQ(TemporaryTree::read(path_ + ".1"), "still there\n");
}

TEST_F(LogFileTest, TellsWhyItCannotBeOpened) {
  EXPECT_EQ(log_.open(tree_.root() / "missing/log"), ENOENT);
  EXPECT_FALSE(log_.is_open());
}

TEST_F(LogFileTest, NeedsNoFile) {
  EXPECT_EQ(log_.reopen(), 0);
  EXPECT_EQ(log_.directory(), -1);
}

}  // namespace
}  // namespace uvftpd
