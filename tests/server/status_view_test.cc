#include "server/status_view.h"

#include <gtest/gtest.h>

#include "server/session_row.h"

namespace uvftpd {
namespace {

std::string answer(const std::string& sessions) {
  return "version\t1.2\ntotal\tlogins\t3\ntotal\tbytes_uploaded\t5000000000\n" + sessions;
}

const SessionRow kIdle{
    .id = 12, .client = "192.0.2.1:4711", .user = "bob", .protection = "clear", .seconds = 3661};
const SessionRow kGet{.id = 3,
                      .client = "[2001:db8::1]:4711",
                      .user = "alice",
                      .protection = "tls",
                      .seconds = 5,
                      .verb = "RETR",
                      .path = "/a \"file\"",
                      .bytes = 1 << 20,
                      .size = 4 << 20,
                      .milliseconds = 2000};

TEST(StatusView, IsATableForAPerson) {
  EXPECT_EQ(
      view_status(answer(encode(kIdle) + encode(kGet)), StatusForm::text),
      "uvftpd 1.2: 2 sessions, 1 transfer\n"
      "ID      CLIENT              USER   PROT   SINCE      DOES\n"
      "3       [2001:db8::1]:4711  alice  tls    0:00:05    RETR /a \"file\"  [#####...............] 25% of "
      "4.0 MiB  512.0 KiB/s  0:00:06 left\n"
      "12      192.0.2.1:4711      bob    clear  1:01:01    idle\n"
      "since the start: logins 3; bytes uploaded 5000000000\n");
}

TEST(StatusView, HasNoBarWhereTheSizeIsNotKnown) {
  SessionRow put = kGet;
  put.verb = "STOR";
  put.size = 0;
  EXPECT_NE(
      view_status(answer(encode(put)), StatusForm::text).find("STOR /a \"file\"  1.0 MiB  512.0 KiB/s\n"),
      std::string::npos);
}

TEST(StatusView, TellsNoTimeBeforeTheFirstByte) {
  SessionRow get = kGet;
  get.bytes = 0;
  get.milliseconds = 0;
  EXPECT_NE(view_status(answer(encode(get)), StatusForm::text).find("0% of 4.0 MiB  0 B/s\n"),
            std::string::npos);
}

// As of a file that grew in the meantime.
TEST(StatusView, IsNeverBeyondTheEnd) {
  SessionRow get = kGet;
  get.bytes = 8 << 20;
  EXPECT_NE(view_status(answer(encode(get)), StatusForm::text).find("[####################] 100%"),
            std::string::npos);
}

TEST(StatusView, LetsNoPathSpeakToTheTerminal) {
  SessionRow get = kGet;
  get.path = "/\x1b[2J\x07\xc2\x9b";
  const std::string text = view_status(answer(encode(get)), StatusForm::text);
  EXPECT_NE(text.find("RETR /?[2J?\xc2?"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(StatusView, IsOneObjectForPrograms) {
  EXPECT_EQ(view_status(answer(encode(kGet) + encode(kIdle)), StatusForm::json),
            "{\"version\":\"1.2\",\"totals\":{\"logins\":3,\"bytes_uploaded\":5000000000},\"sessions\":["
            "{\"session\":3,\"client\":\"[2001:db8::1]:4711\",\"user\":\"alice\",\"protection\":\"tls\","
            "\"seconds\":5,"
            "\"verb\":\"RETR\",\"path\":\"/a "
            "\\\"file\\\"\",\"bytes\":1048576,\"size\":4194304,\"milliseconds\":2000},"
            "{\"session\":12,\"client\":\"192.0.2.1:4711\",\"user\":\"bob\",\"protection\":\"clear\","
            "\"seconds\":3661}"
            "]}\n");
}

TEST(StatusView, IsMetricsForPrometheus) {
  const std::string text = view_status(answer(encode(kGet) + encode(kIdle)), StatusForm::prometheus);
  EXPECT_NE(text.find("# TYPE uvftpd_sessions gauge\nuvftpd_sessions 2\n"), std::string::npos);
  EXPECT_NE(text.find("# TYPE uvftpd_transfers gauge\nuvftpd_transfers 1\n"), std::string::npos);
  EXPECT_NE(text.find("# TYPE uvftpd_bytes_uploaded_total counter\nuvftpd_bytes_uploaded_total 5000000000\n"),
            std::string::npos);
}

}  // namespace
}  // namespace uvftpd
