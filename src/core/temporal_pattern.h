// Dates, times and timestamps: calendar arithmetic, ISO 8601 text, and JDK DateTimeFormatter
// patterns (the `format` of ODCS date, timestamp and time).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace lakegate {

// Days since 1970-01-01 in the proleptic Gregorian calendar; month 1..12, day 1..31 must be valid.
int64_t DaysFromCivil(int64_t year, int month, int day);
struct CivilDate {
  int64_t year;
  int month;
  int day;
};
CivilDate CivilFromDays(int64_t days);
bool IsValidDate(int64_t year, int month, int day);

// "2025-01-31", "2025-01-31T12:00:00Z" (with up to 6 fraction digits, trailing zeros left out).
std::string FormatDate(int64_t days);
std::string FormatTimestamp(TimestampUs us);
std::string FormatTime(int64_t us_of_day);

// What a text said. Members that the text did not have are zero.
struct TemporalValue {
  int64_t days = 0;                 // since 1970-01-01
  int64_t us_of_day = 0;            // microseconds since midnight, local to the offset
  std::optional<int32_t> offset_s;  // seconds east of UTC, if the text had one
};

// ISO 8601 / RFC 3339, the whole text: "2025-01-31"; "2025-01-31T12:00[:00[.123]][Z|+01:00]" (also
// with a blank for T, or the date alone); "12:00[:00[.123]]". Fractions beyond microseconds are
// cut.
std::optional<TemporalValue> ParseIsoDate(std::string_view text);
std::optional<TemporalValue> ParseIsoTimestamp(std::string_view text);
std::optional<TemporalValue> ParseIsoTime(std::string_view text);

// A compiled JDK pattern. Immutable, thread safe.
class TemporalPattern {
 public:
  // Error: kInvalidConfig with the letter that is wrong and the mend.
  static Result<TemporalPattern> Compile(std::string_view pattern);

  // The whole text must match and name a valid date and time.
  std::optional<TemporalValue> Parse(std::string_view text) const;
  // Whether the pattern has a date / a time of day / an offset or zone part.
  bool has_date() const { return has_date_; }
  bool has_time() const { return has_time_; }
  bool has_offset() const { return has_offset_; }
  const std::string& text() const { return text_; }

 private:
  struct Token {
    char letter = 0;  // 0: literal; '[' and ']' stand for themselves
    int count = 0;    // repetitions of the letter
    std::string literal;
    int optional_depth = 0;  // nesting of [ ]
  };
  static constexpr char kIsoTimestamp = 'I';  // a letter of ours: any ISO 8601 timestamp
  static constexpr int kMaxOptionalDepth = 8;

  Status Tokenize();
  Status CheckParts();
  // Digits that the fixed-width numbers right behind the token need.
  size_t ReservedAfter(size_t index) const;

  std::string text_;
  std::vector<Token> tokens_;
  bool has_date_ = false;
  bool has_time_ = false;
  bool has_offset_ = false;
};

}  // namespace lakegate
