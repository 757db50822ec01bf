// The rule behind the last transition of a TZif file: a POSIX TZ string with the extensions of
// RFC 8536 3.3.1, such as "CET-1CEST,M3.5.0,M10.5.0/3".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lakegate {

struct PosixZoneRule {
  // When the clocks change in a year, by the clocks before the change.
  struct Change {
    enum class Kind : uint8_t { kJulian, kDayOfYear, kWeekday };
    Kind kind = Kind::kWeekday;
    int day = 0;                // kJulian: 1..365, never February 29; kDayOfYear: 0..365
    int month = 1, week = 1;    // kWeekday: week 5 is the last
    int weekday = 0;            // kWeekday: 0 is Sunday
    int32_t time_s = 2 * 3600;  // of the day; may be negative or beyond the day
    // Seconds since 1970-01-01T00:00:00 on the local clocks.
    int64_t LocalSeconds(int64_t year) const;
  };

  static std::optional<PosixZoneRule> Parse(std::string_view text);

  int32_t standard_s = 0;  // seconds east of UTC
  int32_t summer_s = 0;
  bool has_summer = false;
  Change start, end;
};

}  // namespace lakegate
