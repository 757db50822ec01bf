#include "config/quantity.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

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
