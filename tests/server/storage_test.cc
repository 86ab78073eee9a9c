// The jail and the file requests, on a real tree.
#include <sys/stat.h>

#include <cerrno>

#include "server/file_requests.h"
#include "temporary_tree.h"

namespace uvftpd {
namespace {

using Kind = FileRequest::Kind;

class Storage : public testing::Test {
 protected:
  int run(Kind kind, const std::string& path) {
    return run_file_request(root, {.kind = kind, .path = path}).error;
  }
  int rename(const std::string& from, const std::string& to, Existing existing) {
    return run_file_request(root, {Kind::rename, from, to, existing}).error;
  }
  int read(const std::string& path) { return open_for_reading(*root, path, Lookup::complete).error; }

  TemporaryTree tree;
  SharedRoot root = tree.open();
};

TEST_F(Storage, OpensARegularFileAndTellsItsSize) {
  tree.write(tree.root() / "file", "hello");
  const OpenResult opened = open_for_reading(*root, "/file", Lookup::complete);
  EXPECT_EQ(opened.error, 0);
  EXPECT_EQ(opened.size, 5U);
}

TEST_F(Storage, NeverLeavesTheRootByALink) {
  tree.write(tree.outside() / "secret", "x");
  std::filesystem::create_symlink("../outside", tree.root() / "relative");
  std::filesystem::create_symlink(tree.outside(), tree.root() / "absolute");
  std::filesystem::create_symlink("/proc/self/root", tree.root() / "magic");
  for (const std::string link : {"/relative", "/absolute", "/magic"}) {
    EXPECT_EQ(read(link + "/secret"), ENOENT) << link;
    EXPECT_NE(run(Kind::make_directory, link + "/made"), 0) << link;
    EXPECT_NE(run(Kind::remove_file, link + "/secret"), 0) << link;
  }
  EXPECT_TRUE(std::filesystem::exists(tree.outside() / "secret"));
  EXPECT_FALSE(std::filesystem::exists(tree.outside() / "made"));
}

TEST_F(Storage, FollowsAnAbsoluteLinkAsInAChroot) {
  std::filesystem::create_directory(tree.root() / "pub");
  tree.write(tree.root() / "pub" / "file", "x");
  std::filesystem::create_symlink("/pub/file", tree.root() / "link");
  EXPECT_EQ(read("/link"), 0);
}

TEST_F(Storage, RefusesAFifoAtOnce) {
  ASSERT_EQ(::mkfifo((tree.root() / "fifo").c_str(), 0666), 0);
  EXPECT_EQ(read("/fifo"), EINVAL);
  EXPECT_EQ(
      open_for_writing(*root, {.kind = TransferRequest::Kind::append, .path = "/fifo"}, Lookup::complete)
          .error,
      EINVAL);
  EXPECT_EQ(open_for_writing(*root, {.kind = TransferRequest::Kind::store, .path = "/fifo"}, Lookup::complete)
                .error,
            EINVAL);
}

TEST_F(Storage, DoesNotTouchTheRootItself) {
  EXPECT_EQ(run(Kind::remove_directory, "/"), EPERM);
  EXPECT_EQ(run(Kind::make_directory, "/"), EPERM);
  EXPECT_EQ(rename("/", "/other", Existing::replace), EPERM);
}

TEST_F(Storage, RenamesOverAFileOnlyWhereThatIsAllowed) {
  tree.write(tree.root() / "a", "a");
  tree.write(tree.root() / "b", "b");
  EXPECT_EQ(rename("/a", "/b", Existing::keep), EEXIST);
  EXPECT_EQ(TemporaryTree::read(tree.root() / "b"), "b");
  EXPECT_EQ(rename("/a", "/b", Existing::replace), 0);
  EXPECT_EQ(TemporaryTree::read(tree.root() / "b"), "a");
}

TEST_F(Storage, EntersDirectoriesOnly) {
  tree.write(tree.root() / "file", "");
  EXPECT_EQ(run(Kind::enter_directory, "/"), 0);
  EXPECT_EQ(run(Kind::enter_directory, "/file"), ENOTDIR);
  EXPECT_EQ(run(Kind::enter_directory, "/none"), ENOENT);
}

TEST_F(Storage, TellsWhyARootCannotBeOpened) {
  EXPECT_EQ(open_root("/no/such/directory").error, ENOENT);
  tree.write(tree.root() / "file", "");
  EXPECT_EQ(open_root(tree.root() / "file").error, ENOTDIR);
}

// ---- changing what is there ----

TEST_F(Storage, SetsTimesToTheNanosecondAndTellsThem) {
  tree.write(tree.root() / "file", "x");
  const FileRequest request{
      .kind = Kind::set_modification_time, .path = "/file", .modified = {-5, 123456789}};
  const FileResult changed = run_file_request(root, request);
  EXPECT_EQ(changed.error, 0);
  EXPECT_EQ(changed.modified, -5);
  struct stat status {};
  ASSERT_EQ(::stat((tree.root() / "file").c_str(), &status), 0);
  EXPECT_EQ(status.st_mtim.tv_sec, -5);
  EXPECT_EQ(status.st_mtim.tv_nsec, 123456789);
}

TEST_F(Storage, LeavesADirectoryWhatItsAdministratorSetBesidesTheAccess) {
  std::filesystem::create_directory(tree.root() / "shared");
  ASSERT_EQ(::chmod((tree.root() / "shared").c_str(), 03777), 0);
  EXPECT_EQ(run_file_request(root, {.kind = Kind::set_mode, .path = "/shared", .mode = 0755}).error, 0);
  EXPECT_EQ(std::filesystem::status(tree.root() / "shared").permissions(), std::filesystem::perms(03755));
}

TEST_F(Storage, SetsTheModeOfFilesItMayNotReadAndOfDirectories) {
  tree.write(tree.root() / "file", "x");
  std::filesystem::create_directory(tree.root() / "directory");
  ASSERT_EQ(::chmod((tree.root() / "file").c_str(), 0), 0);
  for (const std::string name : {"file", "directory"}) {
    EXPECT_EQ(run_file_request(root, {.kind = Kind::set_mode, .path = "/" + name, .mode = 0750}).error, 0);
    EXPECT_EQ(std::filesystem::status(tree.root() / name).permissions(), std::filesystem::perms(0750));
  }
}

TEST_F(Storage, ChangesNothingThroughALinkAndNoDevice) {
  tree.write(tree.outside() / "secret", "x");
  tree.write(tree.root() / "file", "x");
  const auto before = std::filesystem::status(tree.outside() / "secret").permissions();
  std::filesystem::create_symlink(tree.outside() / "secret", tree.root() / "link");
  std::filesystem::create_symlink("file", tree.root() / "inner");
  ASSERT_EQ(::mkfifo((tree.root() / "fifo").c_str(), 0600), 0);
  for (const Kind kind : {Kind::set_mode, Kind::set_modification_time}) {
    EXPECT_EQ(run(kind, "/link"), EINVAL);
    EXPECT_EQ(run(kind, "/inner"), EINVAL);
    EXPECT_EQ(run(kind, "/fifo"), EINVAL);
  }
  EXPECT_EQ(std::filesystem::status(tree.outside() / "secret").permissions(), before);
}

}  // namespace
}  // namespace uvftpd
