// encode: the wire form of one-line and multi-line replies, and that text cannot forge a line of them.
#include "protocol/reply.h"

#include <gtest/gtest.h>

namespace uvftpd {
namespace {

TEST(Reply, OfOneLineHasTheCodeABlankAndTheText) {
  EXPECT_EQ(encode({Code::ok, "Done."}), "200 Done.\r\n");
  EXPECT_EQ(encode({Code::ok, ""}), "200 \r\n");
}

TEST(Reply, OfManyLinesHasTheCodeInTheFirstAndTheLast) {
  EXPECT_EQ(encode({Code::features, "Features:\n UTF8\nEnd"}), "211-Features:\r\n UTF8\r\n211 End\r\n");
}

TEST(Reply, OfTwoLinesHasNoMiddle) { EXPECT_EQ(encode({Code::help, "a\nb"}), "214-a\r\n214 b\r\n"); }

TEST(Reply, KeepsAMiddleLineThatBeginsWithADigitFromLookingLikeTheLast) {
  EXPECT_EQ(encode({Code::help, "1\n214 End\n0\nx\n2"}), "214-1\r\n 214 End\r\n 0\r\nx\r\n214 2\r\n");
}

TEST(Reply, KeepsEmptyMiddleLines) {
  EXPECT_EQ(encode({Code::service_ready, "Hello\n\nBye"}), "220-Hello\r\n\r\n220 Bye\r\n");
}

TEST(Reply, DoublesTheByteThatBeginsATelnetCommand) {
  EXPECT_EQ(encode({Code::path_name, "\"/\xff\xff\""}), "257 \"/\xff\xff\xff\xff\"\r\n");
  EXPECT_EQ(encode({Code::path_name, "\"/\xfe\""}), "257 \"/\xfe\"\r\n");
}

TEST(Reply, IsFinalFromCode200On) {
  EXPECT_FALSE(is_final(Code::opening_data));
  EXPECT_TRUE(is_final(Code::ok));
  EXPECT_TRUE(is_final(Code::need_password));
  EXPECT_TRUE(is_final(Code::bad_restart));
}

}  // namespace
}  // namespace uvftpd
