#include "server/session_row.h"

#include <gtest/gtest.h>

namespace uvftpd {
namespace {

const SessionRow kTransfer{.id = 7,
                           .client = "[::1]:4711",
                           .user = "alice",
                           .protection = "tls",
                           .seconds = 61,
                           .verb = "RETR",
                           .path = "/a/b",
                           .bytes = 100,
                           .size = 400,
                           .milliseconds = 2000};

SessionRow through_a_line(const SessionRow& row) {
  std::string line = encode(row);
  EXPECT_EQ(line.back(), '\n');
  line.pop_back();
  EXPECT_EQ(line.find('\n'), std::string::npos);
  return decode_session(line).value_or(SessionRow{});
}

TEST(SessionRowTest, IsTheSameBehindItsLine) {
  const SessionRow row = through_a_line(kTransfer);
  EXPECT_EQ(row.id, 7u);
  EXPECT_EQ(row.client, "[::1]:4711");
  EXPECT_EQ(row.user, "alice");
  EXPECT_EQ(row.protection, "tls");
  EXPECT_EQ(row.seconds, 61u);
  EXPECT_EQ(row.verb, "RETR");
  EXPECT_EQ(row.path, "/a/b");
  EXPECT_EQ(row.bytes, 100u);
  EXPECT_EQ(row.size, 400u);
  EXPECT_EQ(row.milliseconds, 2000u);
}

TEST(SessionRowTest, CarriesAnyByteOfAPath) {
  std::string bytes;
  for (int byte = 1; byte < 256; ++byte) bytes += static_cast<char>(byte);
  SessionRow row = kTransfer;
  row.path = bytes + "%%0a%";
  EXPECT_EQ(through_a_line(row).path, row.path);
}

TEST(SessionRowTest, MayHaveNoUserAndNoTransfer) {
  const SessionRow row = through_a_line({.id = 1, .client = "192.0.2.1:5", .protection = "clear"});
  EXPECT_EQ(row.user, "");
  EXPECT_EQ(row.verb, "");
}

TEST(SessionRowTest, IsNoOtherLine) {
  EXPECT_FALSE(decode_session(""));
  EXPECT_FALSE(decode_session("session\t1"));
  EXPECT_FALSE(decode_session("total\tlogins\t1"));
  EXPECT_FALSE(decode_session("other\t1\tc\tu\ttls\t1\tRETR\t/a\t1\t2\t3"));
}

}  // namespace
}  // namespace uvftpd
