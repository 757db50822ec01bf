#include "core/exact_share.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "core/action.h"

namespace lakegate {
namespace {

TEST(ComparePercent, ExactlyOnTheLimitIsEqual) {
  EXPECT_EQ(ComparePercent(29, 10'000, 0.29), 0);
  EXPECT_EQ(ComparePercent(30, 10'000, 0.29), 1);
  EXPECT_EQ(ComparePercent(28, 10'000, 0.29), -1);
  EXPECT_EQ(ComparePercent(7, 10'000, 0.07), 0);
  EXPECT_EQ(ComparePercent(20, 1010, 2), -1);
  EXPECT_EQ(ComparePercent(21, 1010, 2), 1);
  EXPECT_EQ(ComparePercent(0, 0, 0), 0);
  EXPECT_EQ(ComparePercent(1, 3, 33.333333333333336), -1);
}

// Every share in hundredths of a percent, against integers.
TEST(ComparePercent, EveryHundredth) {
  for (int64_t hundredths = 0; hundredths <= 10'000; ++hundredths) {
    const double percent = static_cast<double>(hundredths) / 100;
    for (const int64_t base : {1, 7, 100, 1010, 10'000, 999'999, 1'000'000}) {
      const int64_t at = hundredths * base / 10'000;
      for (int64_t count = std::max<int64_t>(at - 1, 0); count <= at + 1; ++count) {
        const int64_t left = count * 10'000, right = hundredths * base;
        ASSERT_EQ(ComparePercent(count, base, percent), left < right   ? -1
                                                        : left > right ? 1
                                                                       : 0)
            << count << " of " << base << " at " << percent;
      }
    }
  }
}

TEST(CompareCount, LimitsOfEverySize) {
  const int64_t most = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(CompareCount(5, 5), 0);
  EXPECT_EQ(CompareCount(5, 5.5), -1);
  EXPECT_EQ(CompareCount(0, -1), 1);
  EXPECT_EQ(CompareCount(0, -0.0), 0);
  EXPECT_EQ(CompareCount(0, 5e-324), -1);
  EXPECT_EQ(CompareCount(1, 5e-324), 1);
  EXPECT_EQ(CompareCount(most, 1e308), -1);
  EXPECT_EQ(CompareCount(most, -1e308), 1);
  EXPECT_EQ(CompareCount(most, 9.3e18), -1);
  EXPECT_EQ(CompareCount(most, 9.2e18), 1);
  EXPECT_EQ(CompareCount(1, std::numeric_limits<double>::infinity()), -1);
  EXPECT_EQ(ComparePercent(most, most, 100), 0);
  EXPECT_EQ(ComparePercent(most, 1, 1e300), -1);
  EXPECT_EQ(ComparePercent(1, most, 1e-300), 1);
}

TEST(Budget, IsExceededOnlyAboveItsLimit) {
  const Budget percent{0.29, std::nullopt}, rows{std::nullopt, 3}, both{50, 3};
  EXPECT_FALSE(Exceeds(percent, 29, 10'000));
  EXPECT_TRUE(Exceeds(percent, 30, 10'000));
  EXPECT_FALSE(Exceeds(rows, 3, 3));
  EXPECT_TRUE(Exceeds(rows, 4, 1'000'000));
  EXPECT_TRUE(Exceeds(both, 3, 5));
  EXPECT_TRUE(Exceeds(both, 4, 100));
  EXPECT_FALSE(Exceeds(both, 3, 6));
  EXPECT_FALSE(Exceeds({}, 100, 100));
}

}  // namespace
}  // namespace lakegate
