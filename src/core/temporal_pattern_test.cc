#include "core/temporal_pattern.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

std::string Parsed(std::string_view pattern, std::string_view text) {
  auto compiled = TemporalPattern::Compile(pattern);
  if (!compiled) return "error: " + compiled.error().message;
  auto value = compiled->Parse(text);
  if (!value) return "no";
  std::string shown = FormatTimestamp(value->days * 86'400'000'000 + value->us_of_day);
  if (value->offset_s) shown += " " + std::to_string(*value->offset_s);
  return shown;
}

std::string CompileError(std::string_view pattern) {
  auto compiled = TemporalPattern::Compile(pattern);
  return compiled ? "" : compiled.error().message + " | " + compiled.error().hint;
}

TEST(Calendar, DaysAndDatesAreInverse) {
  EXPECT_EQ(DaysFromCivil(1970, 1, 1), 0);
  EXPECT_EQ(DaysFromCivil(2000, 3, 1), 11017);
  for (int64_t days = -800'000; days < 800'000; days += 37) {
    const CivilDate date = CivilFromDays(days);
    ASSERT_TRUE(IsValidDate(date.year, date.month, date.day));
    ASSERT_EQ(DaysFromCivil(date.year, date.month, date.day), days);
  }
}

TEST(Calendar, KnowsLeapYears) {
  EXPECT_TRUE(IsValidDate(2024, 2, 29));
  EXPECT_FALSE(IsValidDate(2023, 2, 29));
  EXPECT_FALSE(IsValidDate(1900, 2, 29));
  EXPECT_TRUE(IsValidDate(2000, 2, 29));
  EXPECT_FALSE(IsValidDate(2025, 4, 31));
  EXPECT_FALSE(IsValidDate(2025, 13, 1));
  EXPECT_FALSE(IsValidDate(2025, 1, 0));
}

TEST(Calendar, WritesIsoText) {
  EXPECT_EQ(FormatDate(0), "1970-01-01");
  EXPECT_EQ(FormatTimestamp(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(FormatTimestamp(1'735'689'600'500'000), "2025-01-01T00:00:00.5Z");
  EXPECT_EQ(FormatTime(3'600'000'000), "01:00:00");
}

TEST(TemporalPattern, ReadsDates) {
  EXPECT_EQ(Parsed("yyyy-MM-dd", "2025-02-28"), "2025-02-28T00:00:00Z");
  EXPECT_EQ(Parsed("yyyy-MM-dd", "2025-02-29"), "no");
  EXPECT_EQ(Parsed("yyyy-MM-dd", "2025-2-28"), "no");
  EXPECT_EQ(Parsed("yyyy-MM-dd", "2025-02-28 "), "no");
  EXPECT_EQ(Parsed("d/M/uuuu", "1/12/2025"), "2025-12-01T00:00:00Z");
  EXPECT_EQ(Parsed("dd.MM.yy", "03.04.25"), "2025-04-03T00:00:00Z");
  EXPECT_EQ(Parsed("yyyyMMdd", "20250403"), "2025-04-03T00:00:00Z");
  EXPECT_EQ(Parsed("yMMdd", "20250403"), "2025-04-03T00:00:00Z");
  EXPECT_EQ(Parsed("dd-MMM-yyyy", "03-Apr-2025"), "2025-04-03T00:00:00Z");
  EXPECT_EQ(Parsed("d MMMM yyyy", "3 September 2025"), "2025-09-03T00:00:00Z");
  EXPECT_EQ(Parsed("d LLL yyyy", "3 Foo 2025"), "no");
  EXPECT_EQ(Parsed("yyyy-DDD", "2024-366"), "2024-12-31T00:00:00Z");
  EXPECT_EQ(Parsed("yyyy-D", "2025-366"), "no");
  EXPECT_EQ(Parsed("yyyy-MM-dd D", "2025-02-01 32"), "2025-02-01T00:00:00Z");
  EXPECT_EQ(Parsed("yyyy-MM-dd D", "2025-02-01 33"), "no");
}

TEST(TemporalPattern, ReadsTimes) {
  EXPECT_EQ(Parsed("yyyy-MM-dd HH:mm:ss", "2025-01-02 03:04:05"), "2025-01-02T03:04:05Z");
  EXPECT_EQ(Parsed("yyyy-MM-dd'T'HH:mm:ss.SSS", "2025-01-02T03:04:05.678"),
            "2025-01-02T03:04:05.678Z");
  EXPECT_EQ(Parsed("yyyy-MM-ddTHH:mm", "2025-01-02T03:04"), "2025-01-02T03:04:00Z");
  EXPECT_EQ(Parsed("HH:mm:ss.SSSSSSSSS", "03:04:05.123456789"), "1970-01-01T03:04:05.123456Z");
  EXPECT_EQ(Parsed("HH:mm:ss n", "03:04:05 5000"), "1970-01-01T03:04:05.000005Z");
  EXPECT_EQ(Parsed("HH:mm", "24:00"), "no");
  EXPECT_EQ(Parsed("HH:mm:ss", "10:00:60"), "no");
  EXPECT_EQ(Parsed("hh:mm a", "12:30 AM"), "1970-01-01T00:30:00Z");
  EXPECT_EQ(Parsed("h:mm a", "1:30 pm"), "1970-01-01T13:30:00Z");
  EXPECT_EQ(Parsed("hh:mm a", "13:30 PM"), "no");
}

TEST(TemporalPattern, ReadsOffsets) {
  EXPECT_EQ(Parsed("HH:mmX", "10:00Z"), "1970-01-01T10:00:00Z 0");
  EXPECT_EQ(Parsed("HH:mmX", "10:00+01"), "1970-01-01T10:00:00Z 3600");
  EXPECT_EQ(Parsed("HH:mmX", "10:00+0130"), "1970-01-01T10:00:00Z 5400");
  EXPECT_EQ(Parsed("HH:mmXX", "10:00-0130"), "1970-01-01T10:00:00Z -5400");
  EXPECT_EQ(Parsed("HH:mmXXX", "10:00+01:30"), "1970-01-01T10:00:00Z 5400");
  EXPECT_EQ(Parsed("HH:mmXXX", "10:00+0130"), "no");
  EXPECT_EQ(Parsed("HH:mmxxx", "10:00Z"), "no");
  EXPECT_EQ(Parsed("HH:mmxxx", "10:00+00:00"), "1970-01-01T10:00:00Z 0");
  EXPECT_EQ(Parsed("HH:mmZ", "10:00+0200"), "1970-01-01T10:00:00Z 7200");
  EXPECT_EQ(Parsed("HH:mmXXX", "10:00+19:00"), "no");
}

TEST(TemporalPattern, ReadsOptionalParts) {
  const char* pattern = "yyyy-MM-dd[ HH:mm[:ss]][XXX]";
  EXPECT_EQ(Parsed(pattern, "2025-01-02"), "2025-01-02T00:00:00Z");
  EXPECT_EQ(Parsed(pattern, "2025-01-02 03:04"), "2025-01-02T03:04:00Z");
  EXPECT_EQ(Parsed(pattern, "2025-01-02 03:04:05+01:00"), "2025-01-02T03:04:05Z 3600");
  EXPECT_EQ(Parsed(pattern, "2025-01-02 03:"), "no");
  EXPECT_EQ(Parsed("[yyyy-]MM-dd", "01-02"), "no");
}

TEST(TemporalPattern, ReadsQuotes) {
  EXPECT_EQ(Parsed("yyyy'y'MM''dd 'it''s'", "2025y01'02 it's"), "2025-01-02T00:00:00Z");
}

TEST(TemporalPattern, AcceptsTheStandardsOwnSpellings) {
  for (const char* pattern : {"YYYY-MM-DDTHH:mm:ss.SSSZ", "yyyy-MM-ddTHH:mm:ssZ"}) {
    EXPECT_EQ(Parsed(pattern, "2025-01-02T03:04:05Z"), "2025-01-02T03:04:05Z 0");
    EXPECT_EQ(Parsed(pattern, "2025-01-02T03:04:05.5+01:00"), "2025-01-02T03:04:05.5Z 3600");
    EXPECT_EQ(Parsed(pattern, "2025-01-32T03:04:05Z"), "no");
  }
}

TEST(TemporalPattern, ExplainsWhatIsWrong) {
  EXPECT_NE(CompileError("YYYY-MM-dd").find("write yyyy"), std::string::npos);
  EXPECT_NE(CompileError("EEE yyyy-MM-dd").find("weekdays"), std::string::npos);
  EXPECT_NE(CompileError("HH:mm VV").find("XXX"), std::string::npos);
  EXPECT_NE(CompileError("yyyy-MM").find("whole date"), std::string::npos);
  EXPECT_NE(CompileError("hh:mm").find("'a'"), std::string::npos);
  EXPECT_NE(CompileError("yyyy-MM-dd'").find("quote"), std::string::npos);
  EXPECT_NE(CompileError("[yyyy-MM-dd").find("without ']'"), std::string::npos);
  EXPECT_NE(CompileError("yyyy-MM-dd]").find("without '['"), std::string::npos);
  EXPECT_NE(CompileError("yyyy-MM-ddd").find("too many letters"), std::string::npos);
  EXPECT_NE(CompileError("yyyy-MM-dd b").find("no meaning"), std::string::npos);
  EXPECT_NE(CompileError("").find("neither"), std::string::npos);
  EXPECT_NE(CompileError("{yyyy}").find("reserved"), std::string::npos);
}

TEST(IsoTemporal, ReadsTheWholeTextOrNothing) {
  EXPECT_EQ(ParseIsoDate("1970-01-02")->days, 1);
  EXPECT_FALSE(ParseIsoDate("1970-01-02T00:00"));
  EXPECT_FALSE(ParseIsoDate("1970-1-2"));
  EXPECT_EQ(ParseIsoTimestamp("1970-01-02 01:00:00.5+0100")->us_of_day, 3'600'500'000);
  EXPECT_EQ(ParseIsoTimestamp("1970-01-02 01:00:00.5+0100")->offset_s, 3600);
  EXPECT_FALSE(ParseIsoTimestamp("1970-01-02T01:00:00.Z"));
  EXPECT_EQ(ParseIsoTime("01:00")->us_of_day, 3'600'000'000);
  EXPECT_FALSE(ParseIsoTime("25:00"));
}

}  // namespace
}  // namespace lakegate
