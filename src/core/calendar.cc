// Calendar arithmetic and ISO 8601 text; declared in core/temporal_pattern.h.
#include <array>
#include <cstdio>

#include "core/temporal_pattern.h"

namespace lakegate {
namespace {

constexpr int64_t kUsPerSecond = 1'000'000;
constexpr int64_t kUsPerDay = 86'400 * kUsPerSecond;

bool IsLeapYear(int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

}  // namespace

int64_t DaysFromCivil(int64_t year, int month, int day) {
  // Howard Hinnant, chrono-compatible low-level date algorithms.
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilDate CivilFromDays(int64_t days) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t day_of_era = days - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

bool IsValidDate(int64_t year, int month, int day) {
  if (month < 1 || month > 12 || day < 1) return false;
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int extra = month == 2 && IsLeapYear(year) ? 1 : 0;
  return day <= kDays[static_cast<size_t>(month - 1)] + extra;
}

std::string FormatDate(int64_t days) {
  const CivilDate date = CivilFromDays(days);
  char buffer[48];
  const char* sign = date.year < 0 ? "-" : "";
  const long long year = date.year < 0 ? -date.year : date.year;
  std::snprintf(buffer, sizeof buffer, "%s%04lld-%02d-%02d", sign, year, date.month, date.day);
  return buffer;
}

std::string FormatTime(int64_t us_of_day) {
  const int64_t seconds = us_of_day / kUsPerSecond;
  const int fraction = static_cast<int>(us_of_day % kUsPerSecond);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%02d:%02d:%02d", static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  std::string text = buffer;
  if (fraction == 0) return text;
  std::snprintf(buffer, sizeof buffer, ".%06d", fraction);
  text += buffer;
  while (text.back() == '0') text.pop_back();
  return text;
}

std::string FormatTimestamp(TimestampUs us) {
  int64_t days = us / kUsPerDay;
  int64_t rest = us % kUsPerDay;
  if (rest < 0) {
    rest += kUsPerDay;
    --days;
  }
  return FormatDate(days) + "T" + FormatTime(rest) + "Z";
}

}  // namespace lakegate
