// What is_cached() says: it decides whether a small file is sent without a detour through the pool.
#include <fcntl.h>
#include <sys/mman.h>

#include "temporary_tree.h"

namespace uvftpd {
namespace {

TEST(PageCache, HoldsWhatWasJustWritten) {
  const TemporaryTree tree;
  tree.write(tree.root() / "file", std::string(100'000, 'x'));
  const auto opened = open_for_reading(*tree.open(), "/file", Lookup::complete);
  read_ahead(opened.file->fd(), 0, opened.size);
  EXPECT_TRUE(is_cached(opened.file->fd(), 0, opened.size));
}

TEST(PageCache, IsNotAskedForAFileInMemory) {
  const TemporaryTree tree("/dev/shm");
  tree.write(tree.root() / "file", std::string(100'000, 'x'));
  EXPECT_EQ(open_for_reading(*tree.open(), "/file", Lookup::complete).medium, Medium::memory);
}

// ---- what a loop may open by itself ----

TEST(Remembered, IsAFileInMemory) {
  const TemporaryTree tree("/dev/shm");
  tree.write(tree.root() / "file", "hello");
  const auto opened = open_for_reading(*tree.open(), "/file", Lookup::remembered);
  EXPECT_EQ(opened.error, 0);
  EXPECT_EQ(opened.size, 5U);
  EXPECT_EQ(open_for_reading(*tree.open(), "/missing", Lookup::remembered).error, EAGAIN);
}

TEST(Remembered, IsNothingOnAFileSystemThatAsksOthers) {
  const SharedRoot others = open_root("/proc").root;
  EXPECT_EQ(open_for_reading(*others, "/version", Lookup::complete).error, 0);
  EXPECT_EQ(open_for_reading(*others, "/version", Lookup::remembered).error, EAGAIN);
}

}  // namespace
}  // namespace uvftpd
