// file_error_reply: an errno as the reply that RFC 959, section 5.4 permits at that point of a command.
#include "protocol/file_error.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace uvftpd {
namespace {

int code(int error, Code otherwise) { return static_cast<int>(file_error_reply(error, otherwise).code); }

TEST(FileError, IsTheVerbsOwnCodeAsARule) {
  for (const int error : {ENOENT, EACCES, EPERM, EEXIST, ENOTDIR, EISDIR, ENOTEMPTY, ELOOP, EXDEV, EROFS}) {
    EXPECT_EQ(code(error, Code::file_unavailable), 550);
    EXPECT_EQ(code(error, Code::name_not_allowed), 553);
    EXPECT_EQ(code(error, Code::local_error), 451);
  }
}

TEST(FileError, OfABusyFileIsATransientOne) {
  for (const int error : {EAGAIN, ETXTBSY, EIO, EMFILE, ENFILE, ENOMEM}) {
    EXPECT_EQ(code(error, Code::file_unavailable), 450);
    EXPECT_EQ(code(error, Code::name_not_allowed), 450);
    EXPECT_EQ(code(error, Code::local_error), 451);
  }
}

TEST(FileError, ForWantOfRoomIs452BeforeATransferAnd552InIt) {
  for (const int error : {ENOSPC, EDQUOT, EFBIG}) {
    EXPECT_EQ(code(error, Code::name_not_allowed), 452);
    EXPECT_EQ(code(error, Code::local_error), 552);
  }
}

TEST(FileError, OfAFileTooLargeToCountIs550) { EXPECT_EQ(code(EFBIG, Code::file_unavailable), 550); }

TEST(FileError, OfAnOffsetBeyondTheFileIs554) { EXPECT_EQ(code(ESPIPE, Code::file_unavailable), 554); }

TEST(FileError, IsToldInWords) {
  EXPECT_EQ(describe_file_error(ENOENT), "No such file or directory.");
  EXPECT_EQ(describe_file_error(EPERM), "Permission denied.");
  EXPECT_EQ(describe_file_error(ENOTSUP), "Not offered by this machine.");
  EXPECT_EQ(file_error_reply(ENOTEMPTY, Code::file_unavailable).text, "Directory not empty.");
}

}  // namespace
}  // namespace uvftpd
