#include "protocol/timestamp.h"

#include <algorithm>
#include <array>
#include <charconv>
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

bool are_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Of digits, as many as an int holds.
int to_number(std::string_view digits) {
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
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

std::optional<Moment> parse_time_value(std::string_view text) {
  using namespace std::chrono;
  constexpr std::size_t kDigits = 14;
  const auto whole = text.substr(0, kDigits);
  if (whole.size() < kDigits || !are_digits(whole)) return std::nullopt;
  const auto part = [whole](std::size_t at) { return static_cast<unsigned>(to_number(whole.substr(at, 2))); };
  const year_month_day date{year(to_number(whole.substr(0, 4))), month(part(4)), day(part(6))};
  // RFC 3659, section 2.3, has leap seconds: 60.
  if (!date.ok() || part(8) > 23 || part(10) > 59 || part(12) > 60) return std::nullopt;
  const auto time = sys_days(date) + hours(part(8)) + minutes(part(10)) + seconds(part(12));
  Moment moment{time.time_since_epoch().count(), 0};
  if (text.size() == kDigits) return moment;
  const auto fraction = text.substr(kDigits + 1);
  if (text[kDigits] != '.' || !are_digits(fraction)) return std::nullopt;
  std::string nanoseconds(fraction.substr(0, 9));
  nanoseconds.resize(9, '0');
  moment.nanoseconds = static_cast<std::uint32_t>(to_number(nanoseconds));
  return moment;
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
