// What is_cached() says: it decides whether a small file is sent without a detour through the pool.
#include <fcntl.h>
#include <sys/mman.h>

#include "temporary_tree.h"

namespace uvftpd {
namespace {

TEST(PageCache, HoldsWhatWasJustWritten) {
  const TemporaryTree tree;
  tree.write(tree.root() / "file", std::string(100'000, 'x'));
  const auto opened = open_for_reading(*tree.open(), "/file");
  read_ahead(opened.file->fd(), 0, opened.size);
  EXPECT_TRUE(is_cached(opened.file->fd(), 0, opened.size));
}

TEST(PageCache, IsNotAskedForAFileInMemory) {
  const Descriptor file(::memfd_create("file", 0));  // of tmpfs, which answers no probe
  ASSERT_EQ(::ftruncate(file.get(), 100'000), 0);
  EXPECT_TRUE(is_cached(file.get(), 0, 100'000));
}

}  // namespace
}  // namespace uvftpd
