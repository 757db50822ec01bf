#include "core/duration_text.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

TEST(DurationText, WholeNumbersWithAUnit) {
  EXPECT_EQ(ParseDuration("10s"), 10);
  EXPECT_EQ(ParseDuration("15 minutes"), 900);
  EXPECT_EQ(ParseDuration("7 days"), 7 * 86'400);
  EXPECT_EQ(ParseDuration("36500 days"), 36500LL * 86'400);
  EXPECT_FALSE(ParseDuration("10"));
  EXPECT_FALSE(ParseDuration("1.5h"));
  EXPECT_FALSE(ParseDuration("-1s"));
  EXPECT_FALSE(ParseDuration("9223372036854775807 days"));
  EXPECT_FALSE(ParseDuration("1 hours ago"));
}

}  // namespace
}  // namespace lakegate
