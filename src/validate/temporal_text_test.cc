// Dates, times and instants against the calendar of <chrono>.
#include "validate/temporal_text.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <chrono>
#include <cstdio>
#include <random>
#include <string>

#include "tests/support/test_scale.h"

namespace lakegate {
namespace {

constexpr int64_t kSecondUs = 1'000'000;

std::string Printed(const char* format, int a, int b, int c) {
  char text[64];
  std::snprintf(text, sizeof text, format, a, b, c);
  return text;
}

TEST(ParseIsoDate, EveryDayOfTenThousandYears) {
  namespace chrono = std::chrono;
  int64_t wrong = 0;
  for (int year = 0; year < 10'000; year += year < 1890 || year > 2110 ? 7 : 1) {
    for (unsigned month = 0; month <= 13; ++month) {
      for (unsigned day = 0; day <= 32; ++day) {
        const chrono::year_month_day date{chrono::year{year}, chrono::month{month},
                                          chrono::day{day}};
        const std::string text =
            Printed("%04d-%02d-%02d", year, static_cast<int>(month), static_cast<int>(day));
        int64_t days = 0;
        const TemporalOutcome outcome = ParseIsoDate(text, &days);
        ASSERT_EQ(outcome == TemporalOutcome::kFine, date.ok()) << text;
        if (date.ok()) {
          ASSERT_EQ(days, chrono::sys_days{date}.time_since_epoch().count()) << text;
        } else {
          ++wrong;
        }
      }
    }
  }
  EXPECT_GT(wrong, 100'000);
}

TEST(ParseIsoDate, OtherSpellings) {
  int64_t days = 0;
  for (const char* text : {"", "2025-1-31", "2025-01-31 ", "20250131", "2025/01/31", "+025-01-31",
                           "2025-0a-01", "2025-01-3\x80", "12025-01-1"}) {
    EXPECT_EQ(ParseIsoDate(text, &days), TemporalOutcome::kWrong) << text;
  }
}

TEST(ParseIsoTime, EverySecondAndMore) {
  for (int hour = 0; hour < 26; ++hour) {
    for (int minute = 0; minute < 62; ++minute) {
      for (int second = 0; second < 62; second += hour == 23 ? 1 : 7) {
        int64_t us = 0;
        const bool valid = hour < 24 && minute < 60 && second < 60;
        const auto outcome = ParseIsoTime(Printed("%02d:%02d:%02d", hour, minute, second), &us);
        ASSERT_EQ(outcome == TemporalOutcome::kFine, valid);
        if (valid) {
          ASSERT_EQ(us, (hour * 3600 + minute * 60 + second) * kSecondUs);
        }
      }
    }
  }
}

TEST(ParseIsoTime, FractionsToTheMicrosecond) {
  int64_t us = 0;
  EXPECT_EQ(ParseIsoTime("00:00:00.1", &us), TemporalOutcome::kFine);
  EXPECT_EQ(us, 100'000);
  EXPECT_EQ(ParseIsoTime("00:00:00.000001000", &us), TemporalOutcome::kFine);
  EXPECT_EQ(us, 1);
  EXPECT_EQ(ParseIsoTime("00:00:00.0000011", &us), TemporalOutcome::kTooFine);
  EXPECT_EQ(ParseIsoTime("12:30", &us), TemporalOutcome::kFine);
  for (const char* text : {"", "1:00", "12", "12:3", "12:30:", "12:30:0", "12:30:00.", "12:30:00Z",
                           "24:00:00", "12:30:60", "12-30"}) {
    EXPECT_EQ(ParseIsoTime(text, &us), TemporalOutcome::kWrong) << text;
  }
}

// Random instants, near misses included, against a pattern and <chrono>.
TEST(ParseIsoTimestamp, AgainstAPatternAndTheCalendar) {
  const RE2 pattern(
      "([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]+))?)?"
      "([Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?",
      RE2::Latin1);
  std::mt19937 random(31);
  const auto pick = [&](size_t count) { return static_cast<int>(random() % count); };
  int64_t fine = 0;
  for (int64_t i = 0; i < 300'000 * TestScale() && !HasFailure(); ++i) {
    std::string text = Printed("%04d-%02d-%02d", pick(10) ? 1900 + pick(200) : pick(10'000),
                               1 + pick(12), 1 + pick(31)) +
                       "T t"[pick(3)] + Printed("%02d:%02d:%02d", pick(24), pick(60), pick(60));
    if (pick(3) == 0) text += "." + std::to_string(pick(2'000'000'000));
    const char* const offsets[] = {"",    "Z",      "z",      "+01:00", "-0530",
                                   "+02", "+18:00", "+18:59", "+19:00", "-00:60"};
    text += offsets[pick(std::size(offsets))];
    if (pick(4) == 0) text[static_cast<size_t>(pick(text.size()))] = "0129-:TZ+. /"[pick(12)];
    if (pick(20) == 0) text.resize(static_cast<size_t>(pick(text.size())));
    int year = 0, month = 0, day = 0, hour = 0, minute = 0;
    std::string second, fraction, offset;
    bool valid = RE2::FullMatch(text, pattern, &year, &month, &day, &hour, &minute, &second,
                                &fraction, &offset);
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    const int seconds = second.empty() ? 0 : std::stoi(second);
    valid = valid && date.ok() && hour < 24 && minute < 60 && seconds < 60;
    int64_t offset_s = -3600;  // the default given below
    if (valid && !offset.empty()) {
      std::erase(offset, ':');
      const bool zulu = offset.size() == 1;
      const int hours = zulu ? 0 : std::stoi(offset.substr(1, 2));
      const int minutes = offset.size() < 5 ? 0 : std::stoi(offset.substr(3, 2));
      valid = hours <= 18 && minutes < 60;
      offset_s = (hours * 3600 + minutes * 60) * (offset[0] == '-' ? -1 : 1);
    }
    int64_t us = 0;
    bool has_offset = false;
    const TemporalOutcome outcome = ParseIsoTimestamp(text, -3600, &us, &has_offset);
    ASSERT_EQ(outcome != TemporalOutcome::kWrong, valid) << text;
    if (!valid) continue;
    ++fine;
    const std::string digits = (fraction + "000000").substr(0, 6);
    const bool too_fine =
        fraction.size() > 6 && fraction.find_first_not_of('0', 6) != std::string::npos;
    const int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
    ASSERT_EQ(us, (days * 86'400 + hour * 3600 + minute * 60 + seconds - offset_s) * kSecondUs +
                      std::stoll(digits))
        << text;
    ASSERT_EQ(outcome == TemporalOutcome::kTooFine, too_fine) << text;
    ASSERT_EQ(has_offset, !offset.empty()) << text;
  }
  EXPECT_GT(fine, 100'000);
}

TEST(ParseTemporal, EpochsAndPatterns) {
  FieldPlan field;
  field.type.kind = TypeKind::kTimestamp;
  int64_t us = 0;
  field.epoch = EpochUnit::kSeconds;
  EXPECT_EQ(ParseTemporal("1.5", field, &us), TemporalOutcome::kFine);
  EXPECT_EQ(us, 1'500'000);
  EXPECT_EQ(ParseTemporal("-1", field, &us), TemporalOutcome::kFine);
  EXPECT_EQ(us, -1'000'000);
  EXPECT_EQ(ParseTemporal("1.0000001", field, &us), TemporalOutcome::kTooFine);
  EXPECT_EQ(ParseTemporal("1e300", field, &us), TemporalOutcome::kWrong);
  field.epoch = EpochUnit::kMillis;
  EXPECT_EQ(ParseTemporal("1.5", field, &us), TemporalOutcome::kFine);
  EXPECT_EQ(us, 1500);
  field.epoch = EpochUnit::kMicros;
  EXPECT_EQ(ParseTemporal("1.5", field, &us), TemporalOutcome::kTooFine);
  EXPECT_EQ(ParseTemporal("7", field, &us), TemporalOutcome::kFine);
  EXPECT_EQ(us, 7);
  field.epoch = EpochUnit::kNone;
  field.temporal = std::make_shared<TemporalPattern>(*TemporalPattern::Compile("dd.MM.yyyy HH:mm"));
  field.default_offset_s = 3600;
  EXPECT_EQ(ParseTemporal("02.01.1970 01:00", field, &us), TemporalOutcome::kFine);
  EXPECT_EQ(us, 86'400 * kSecondUs);
  EXPECT_EQ(ParseTemporal("30.02.1970 01:00", field, &us), TemporalOutcome::kWrong);
}

}  // namespace
}  // namespace lakegate
