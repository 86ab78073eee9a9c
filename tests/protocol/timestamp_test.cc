// Points in time as FTP writes them: the calendar, MDTM's form, the date column of a listing.
#include "protocol/timestamp.h"

#include <gtest/gtest.h>

#include <limits>

namespace uvftpd {
namespace {

constexpr std::int64_t kNow = 1'795'413'091;  // 2026-11-23 05:51:31
constexpr std::int64_t kDay = 24 * 3600, kHalfYear = 365 * kDay / 2;

TEST(Timestamp, IsWrittenInUtcToTheSecond) {
  EXPECT_EQ(format_time_value(0), "19700101000000");
  EXPECT_EQ(format_time_value(1'000'000'000), "20010909014640");
  EXPECT_EQ(format_time_value(kNow), "20261123055131");
}

TEST(Timestamp, BeforeTheEpochIsWrittenToo) {
  EXPECT_EQ(format_time_value(-1), "19691231235959");
  EXPECT_EQ(format_time_value(-kDay), "19691231000000");
}

TEST(Timestamp, KnowsLeapDays) {
  EXPECT_EQ(format_time_value(951'782'400), "20000229000000");
  EXPECT_EQ(format_time_value(1'709'251'199), "20240229235959");
  EXPECT_EQ(format_time_value(4'107'542'400), "21000301000000");  // 2100 has none
}

TEST(Timestamp, Passes2038) { EXPECT_EQ(format_time_value(std::int64_t{1} << 31), "20380119031408"); }

TEST(Timestamp, IsClampedToYearsOfFourDigits) {
  EXPECT_EQ(format_time_value(253'402'300'799), "99991231235959");
  EXPECT_EQ(format_time_value(253'402'300'800), "99991231235959");
  EXPECT_EQ(format_time_value(std::numeric_limits<std::int64_t>::max()), "99991231235959");
  EXPECT_EQ(format_time_value(-62'167'219'200), "00000101000000");
  EXPECT_EQ(format_time_value(std::numeric_limits<std::int64_t>::min()), "00000101000000");
}

TEST(Timestamp, IsReadAsItIsWritten) {
  for (const std::int64_t second : {std::int64_t{0}, kNow, std::int64_t{-1}, std::int64_t{4102444800}})
    EXPECT_EQ(parse_time_value(format_time_value(second)), (Moment{second, 0}));
  EXPECT_EQ(parse_time_value("20240229120000"), (Moment{1709208000, 0}));
}

TEST(Timestamp, IsReadWithItsFraction) {
  EXPECT_EQ(parse_time_value("19700101000000.5"), (Moment{0, 500000000}));
  EXPECT_EQ(parse_time_value("19700101000000.000000001999"), (Moment{0, 1}));
}

TEST(Timestamp, IsReadFromNothingElse) {
  for (const auto* text :
       {"", "2026", "20260229120000", "20261323055117", "20260100055117", "20261131055117", "20261123240000",
        "20261123056000", "20261123055161", "2026112305511x", "202611230551170", "20261123055117.",
        "20261123055117.x", " 20261123055117", "-0261123055117", "20261123055117 "})
    EXPECT_EQ(parse_time_value(text), std::nullopt) << text;
}

TEST(Timestamp, OfThisHalfYearIsListedWithItsTimeOfDay) {
  EXPECT_EQ(format_listing_date(kNow, kNow), "Nov 23 05:51");
  EXPECT_EQ(format_listing_date(kNow - 20 * kDay, kNow), "Nov  3 05:51");
  EXPECT_EQ(format_listing_date(kNow - kHalfYear + 1, kNow), "May 24 17:51");
}

TEST(Timestamp, OfMoreThanHalfAYearAgoIsListedWithItsYear) {
  EXPECT_EQ(format_listing_date(kNow - kHalfYear, kNow), "May 24  2026");
  EXPECT_EQ(format_listing_date(0, kNow), "Jan  1  1970");
  EXPECT_EQ(format_listing_date(-1, kNow), "Dec 31  1969");
}

TEST(Timestamp, OfTheFutureIsListedWithItsYear) {
  EXPECT_EQ(format_listing_date(kNow + 3600, kNow), "Nov 23 06:51");  // a clock that is a little wrong
  EXPECT_EQ(format_listing_date(kNow + 3601, kNow), "Nov 23  2026");
  EXPECT_EQ(format_listing_date(kNow + 365 * kDay, kNow), "Nov 23  2027");
}

TEST(Timestamp, IsListedInTwelveCharactersWhateverTheMonth) {
  const std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (std::int64_t day = 0; day < 800; ++day) {
    const std::int64_t then = kNow - day * kDay;
    const std::string date = format_listing_date(then, kNow);
    EXPECT_EQ(date.size(), 12U);
    EXPECT_EQ(date.substr(0, 3), months.substr(3 * static_cast<std::size_t>(to_civil(then).month - 1), 3));
  }
}

}  // namespace
}  // namespace uvftpd
