// How uploads end: committed, cut short, gone on with.
#include <cerrno>

#include "temporary_tree.h"

namespace uvftpd {
namespace {

using Kind = TransferRequest::Kind;

class Uploads : public testing::Test {
 protected:
  UploadResult open(TransferRequest request) {
    request.path = "/file";
    return open_for_writing(*root, request, Lookup::complete);
  }
  static void put(Upload& upload, const std::string& text) {
    EXPECT_EQ(write_all(upload.file()->fd(), text, upload.offset()), 0);
  }
  std::string content() { return TemporaryTree::read(tree.root() / "file"); }

  TemporaryTree tree;
  SharedRoot root = tree.open();
};

TEST_F(Uploads, AppearUnderTheirNameOnlyWhenComplete) {
  auto opened = open({.kind = Kind::store});
  put(*opened.upload, "new");
  EXPECT_FALSE(std::filesystem::exists(tree.root() / "file"));
  EXPECT_EQ(opened.upload->commit(3), 0);
  EXPECT_EQ(content(), "new");
  EXPECT_EQ(tree.entries(), 1U);
}

TEST_F(Uploads, ThatAreCutLeaveTheOldFile) {
  tree.write(tree.root() / "file", "old");
  auto opened = open({.kind = Kind::store});
  put(*opened.upload, "ne");
  opened.upload.reset();
  EXPECT_EQ(content(), "old");
  EXPECT_EQ(tree.entries(), 1U);
}

TEST_F(Uploads, OfANewFileThatAreCutAreKeptForResuming) {
  auto opened = open({.kind = Kind::store});
  put(*opened.upload, "ne");
  opened.upload.reset();
  EXPECT_EQ(content(), "ne");
}

TEST_F(Uploads, ThatBroughtNothingLeaveNothing) {
  open({.kind = Kind::store}).upload.reset();
  EXPECT_EQ(tree.entries(), 0U);
}

TEST_F(Uploads, MayBeForbiddenToReplace) {
  tree.write(tree.root() / "file", "old");
  EXPECT_EQ(open({.kind = Kind::store, .existing = Existing::keep}).error, EEXIST);
}

TEST_F(Uploads, DoNotReplaceAFileThatAppearedMeanwhileWhereThatIsForbidden) {
  auto opened = open({.kind = Kind::store, .existing = Existing::keep});
  put(*opened.upload, "mine");
  tree.write(tree.root() / "file", "theirs");
  EXPECT_EQ(opened.upload->commit(4), EEXIST);
  opened.upload.reset();
  EXPECT_EQ(content(), "theirs");
  EXPECT_EQ(tree.entries(), 1U);
}

TEST_F(Uploads, KeepTheModeOfTheFileTheyReplace) {
  tree.write(tree.root() / "file", "old");
  std::filesystem::permissions(tree.root() / "file", std::filesystem::perms(0600));
  EXPECT_EQ(open({.kind = Kind::store}).upload->commit(0), 0);
  EXPECT_EQ(std::filesystem::status(tree.root() / "file").permissions(), std::filesystem::perms(0600));
}

TEST_F(Uploads, GoOnAtTheOffsetAndEndWhereTheNewContentEnds) {
  tree.write(tree.root() / "file", "0123456789");
  auto opened = open({.kind = Kind::store, .type = Type::image, .offset = 4});
  ASSERT_EQ(opened.error, 0);
  put(*opened.upload, "xy");
  EXPECT_EQ(opened.upload->commit(6), 0);
  EXPECT_EQ(content(), "0123xy");
}

TEST_F(Uploads, GoOnAtAnOffsetOfTheTransferInTypeA) {
  tree.write(tree.root() / "file", "a\nb\n");
  EXPECT_EQ(open({.kind = Kind::store, .type = Type::ascii, .offset = 3}).upload->offset(), 2U);
  EXPECT_EQ(open({.kind = Kind::store, .type = Type::ascii, .offset = 6}).upload->offset(), 4U);
  EXPECT_EQ(open({.kind = Kind::store, .type = Type::ascii, .offset = 7}).error, ESPIPE);
}

TEST_F(Uploads, DoNotGoOnBeyondTheEnd) {
  tree.write(tree.root() / "file", "0123");
  EXPECT_EQ(open({.kind = Kind::store, .type = Type::image, .offset = 5}).error, ESPIPE);
}

TEST_F(Uploads, AppendAtTheEndOrMakeTheFile) {
  EXPECT_EQ(open({.kind = Kind::append, .missing = Missing::refuse}).error, ENOENT);
  tree.write(tree.root() / "file", "01");
  EXPECT_EQ(open({.kind = Kind::append}).upload->offset(), 2U);
}

TEST_F(Uploads, ReplaceALinkAndNotWhatItLeadsTo) {
  tree.write(tree.root() / "target", "target");
  std::filesystem::create_symlink("target", tree.root() / "file");
  auto opened = open({.kind = Kind::store});
  put(*opened.upload, "new");
  EXPECT_EQ(opened.upload->commit(3), 0);
  EXPECT_EQ(TemporaryTree::read(tree.root() / "target"), "target");
  EXPECT_FALSE(std::filesystem::is_symlink(tree.root() / "file"));
}

// ---- what a loop may do by itself ----

TEST(UploadsInMemory, NeedNoOtherThread) {
  const TemporaryTree tree("/dev/shm");
  const SharedRoot root = tree.open();
  const auto opened = open_for_writing(*root, {.kind = Kind::store, .path = "/file"}, Lookup::remembered);
  ASSERT_EQ(opened.error, 0);
  EXPECT_FALSE(opened.upload->may_wait());
}

TEST(UploadsInMemory, WaitForWhatTheyReplaceIfItIsLarge) {
  const TemporaryTree tree("/dev/shm");
  tree.write(tree.root() / "file", std::string(2 << 20, 'x'));
  const SharedRoot root = tree.open();
  const auto opened = open_for_writing(*root, {.kind = Kind::store, .path = "/file"}, Lookup::remembered);
  ASSERT_EQ(opened.error, 0);
  EXPECT_TRUE(opened.upload->may_wait());
}

TEST(UploadsInMemory, AreNotFoundThroughALinkWithoutLooking) {
  const TemporaryTree tree("/dev/shm");
  std::filesystem::create_symlink("/proc/version", tree.root() / "file");
  const TransferRequest request{.kind = Kind::store, .path = "/file"};
  EXPECT_EQ(open_for_writing(*tree.open(), request, Lookup::remembered).error, EAGAIN);
}

TEST(UploadsInMemory, ThatGoOnWithAFileAreForThePool) {
  const TemporaryTree tree("/dev/shm");
  const TransferRequest request{.kind = Kind::append, .path = "/file"};
  EXPECT_EQ(open_for_writing(*tree.open(), request, Lookup::remembered).error, EAGAIN);
}

}  // namespace
}  // namespace uvftpd
