// Bytes of TZif files are made here; the system's own files are compared with Python's zoneinfo by
// tests/readers/time_zone_test.py.
#include "core/time_zone.h"

#include <gtest/gtest.h>

#include "core/posix_zone_rule.h"
#include "core/temporal_pattern.h"

namespace lakegate {
namespace {

std::string Number(int64_t value, int width) {
  std::string text;
  for (int i = width - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
  return text;
}

std::string Block(const std::vector<std::pair<int64_t, int>>& transitions,
                  const std::vector<int32_t>& offsets, int width) {
  std::string text = "TZif2" + std::string(15, '\0');
  for (const size_t count :
       {size_t{0}, size_t{0}, size_t{0}, transitions.size(), offsets.size(), size_t{4}}) {
    text += Number(static_cast<int64_t>(count), 4);
  }
  for (const auto& [at, type] : transitions) text += Number(at, width);
  for (const auto& [at, type] : transitions) text += static_cast<char>(type);
  for (const int32_t offset : offsets) text += Number(offset, 4) + std::string(2, '\0');
  return text + std::string("LMT\0", 4);
}

std::string Zone(const std::vector<std::pair<int64_t, int>>& transitions,
                 const std::vector<int32_t>& offsets, const std::string& rule) {
  return Block({}, {0}, 4) + Block(transitions, offsets, 8) + "\n" + rule + "\n";
}

int64_t At(const char* text) {
  const auto value = ParseIsoTimestamp(text);
  return value->days * 86'400 + value->us_of_day / 1'000'000;
}

TEST(TimeZone, KnowsWhatIsAmbiguousAndWhatDoesNotExist) {
  const auto zone = TimeZone::Parse(
      Zone({{At("2000-01-01T00:00:00"), 1}}, {3000, 3600}, "CET-1CEST,M3.5.0,M10.5.0/3"));
  ASSERT_TRUE(zone.has_value());
  EXPECT_EQ(zone->OffsetAt(At("1999-12-31T23:59:59")), 3000);
  EXPECT_EQ(zone->OffsetAt(At("2000-01-01T00:00:00")), 3600);
  EXPECT_EQ(zone->OffsetAt(At("2025-03-30T00:59:59")), 3600);
  EXPECT_EQ(zone->OffsetAt(At("2025-03-30T01:00:00")), 7200);
  EXPECT_EQ(zone->OffsetOfLocal(At("2000-01-01T00:49:59")), 3000);
  EXPECT_EQ(zone->OffsetOfLocal(At("2000-01-01T00:50:00")), std::nullopt);
  EXPECT_EQ(zone->OffsetOfLocal(At("2025-03-30T01:59:59")), 3600);
  EXPECT_EQ(zone->OffsetOfLocal(At("2025-03-30T02:00:00")), std::nullopt);
  EXPECT_EQ(zone->OffsetOfLocal(At("2025-03-30T02:59:59")), std::nullopt);
  EXPECT_EQ(zone->OffsetOfLocal(At("2025-03-30T03:00:00")), 7200);
  EXPECT_EQ(zone->OffsetOfLocal(At("2025-10-26T02:30:00")), 7200);  // the first of two
  EXPECT_EQ(zone->OffsetOfLocal(At("2025-10-26T03:00:00")), 3600);
  // As far ahead as the calendar goes.
  EXPECT_EQ(zone->OffsetOfLocal(At("9999-07-01T00:00:00")), 7200);
  EXPECT_EQ(zone->OffsetOfLocal(At("9999-12-31T00:00:00")), 3600);
  EXPECT_EQ(zone->OffsetOfLocal(At("0001-01-01T00:00:00")), 3000);
}

TEST(TimeZone, ReadsTheRulesOfRfc8536) {
  const auto start = [](const char* text, int64_t year) {
    const auto rule = PosixZoneRule::Parse(text);
    return rule ? FormatTimestamp(rule->start.LocalSeconds(year) * 1'000'000) : "none";
  };
  EXPECT_EQ(start("CET-1CEST,M3.5.0,M10.5.0/3", 2025), "2025-03-30T02:00:00Z");
  EXPECT_EQ(start("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2025), "2025-03-29T23:00:00Z");
  EXPECT_EQ(start("AAA3BBB,J60/0,J365", 2024), "2024-03-01T00:00:00Z");
  EXPECT_EQ(start("AAA3BBB,59/0,300", 2024), "2024-02-29T00:00:00Z");
  EXPECT_EQ(PosixZoneRule::Parse("<+0530>-5:30")->standard_s, 19'800);
  EXPECT_EQ(PosixZoneRule::Parse("IST-1GMT0,M10.5.0,M3.5.0/1")->summer_s, 0);
  for (const char* bad : {"", "A1", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.1.0,J1",
                          "CET-1x", "<CET-1", "CET-1CEST,M3.5.0,M10.5.0/3x"}) {
    EXPECT_FALSE(PosixZoneRule::Parse(bad).has_value()) << bad;
  }
}

TEST(TimeZone, RefusesDamagedFiles) {
  const std::string whole = Zone({{100, 1}}, {0, 3600}, "CET-1CEST,M3.5.0,M10.5.0/3");
  ASSERT_TRUE(TimeZone::Parse(whole).has_value());
  const size_t rule_begin = whole.find("\nCET");
  for (size_t size = 0; size < rule_begin; ++size) {
    EXPECT_FALSE(TimeZone::Parse(std::string_view(whole).substr(0, size)).has_value()) << size;
  }
  for (size_t i = 0; i < whole.size(); ++i) {  // must not crash
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x81);
    if (const auto zone = TimeZone::Parse(damaged)) (void)zone->OffsetOfLocal(0);
  }
}

}  // namespace
}  // namespace lakegate
