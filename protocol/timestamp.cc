#include "protocol/timestamp.h"

#include <algorithm>
#include <chrono>
#include <string_view>

namespace uvftpd {
namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kHalfYear = 365 * 24 * kHour / 2;
constexpr std::int64_t kYear0 = -62167219200, kYear9999End = 253402300799;

void append_number(std::string& out, int number, std::size_t width, char fill) {
  const std::string digits = std::to_string(number);
  if (digits.size() < width) out.append(width - digits.size(), fill);
  out += digits;
}

}  // namespace

CivilTime to_civil(std::int64_t seconds) {
  using namespace std::chrono;
  const sys_seconds time{std::chrono::seconds(std::clamp(seconds, kYear0, kYear9999End))};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count())};
}

std::string format_time_value(std::int64_t seconds) {
  const CivilTime time = to_civil(seconds);
  std::string text;
  append_number(text, time.year, 4, '0');
  for (const int part : {time.month, time.day, time.hour, time.minute, time.second})
    append_number(text, part, 2, '0');
  return text;
}

std::string format_listing_date(std::int64_t seconds, std::int64_t now) {
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const CivilTime time = to_civil(seconds);
  std::string text(kMonths.substr(3 * (static_cast<std::size_t>(time.month) - 1), 3));
  text += ' ';
  append_number(text, time.day, 2, ' ');
  text += ' ';
  if (seconds > now - kHalfYear && seconds <= now + kHour) {
    append_number(text, time.hour, 2, '0');
    text += ':';
    append_number(text, time.minute, 2, '0');
  } else {
    append_number(text, time.year, 5, ' ');
  }
  return text;
}

}  // namespace uvftpd
