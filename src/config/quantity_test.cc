#include "config/quantity.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

TEST(Quantity, ReadsDurations) {
  EXPECT_EQ(ParseDuration("10s"), 10);
  EXPECT_EQ(ParseDuration("15 minutes"), 900);
  EXPECT_EQ(ParseDuration("7 days"), 7 * 86'400);
  EXPECT_EQ(ParseDuration("36500 days"), 36500LL * 86'400);
  EXPECT_FALSE(ParseDuration("10"));
  EXPECT_FALSE(ParseDuration("1.5h"));
  EXPECT_FALSE(ParseDuration("-1s"));
  EXPECT_FALSE(ParseDuration("9223372036854775807 days"));
}

TEST(Quantity, ReadsSizes) {
  EXPECT_EQ(ParseSize("5GB"), 5'000'000'000);
  EXPECT_EQ(ParseSize("1 GiB"), 1 << 30);
  EXPECT_EQ(ParseSize("1024"), 1024);
  EXPECT_FALSE(ParseSize("5 apples"));
  EXPECT_FALSE(ParseSize("GB"));
}

TEST(Quantity, ReadsTimesOfDay) {
  EXPECT_EQ(ParseTimeOfDayUtc("06:00 UTC"), 21'600);
  EXPECT_EQ(ParseTimeOfDayUtc("06:00:30Z"), 21'630);
  EXPECT_FALSE(ParseTimeOfDayUtc("06:00 CET"));
  EXPECT_FALSE(ParseTimeOfDayUtc("25:00"));
}

}  // namespace
}  // namespace lakegate
