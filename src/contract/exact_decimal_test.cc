#include "contract/exact_decimal.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

std::string Scaled(std::string_view text, int scale, Rounding rounding) {
  const auto number = ExactDecimal::Parse(text);
  if (!number) return "no number";
  const auto scaled = number->ToScale(scale, rounding);
  if (scaled.overflow != 0) return scaled.overflow < 0 ? "too small" : "too large";
  return ToString(scaled.value) + (scaled.exact ? "" : " rounded");
}

TEST(ExactDecimal, ScalesWithoutLoss) {
  EXPECT_EQ(Scaled("12.5", 2, Rounding::kUp), "1250");
  EXPECT_EQ(Scaled("-0.01", 2, Rounding::kDown), "-1");
  EXPECT_EQ(Scaled("+1e3", 0, Rounding::kUp), "1000");
  EXPECT_EQ(Scaled("0.000", 5, Rounding::kUp), "0");
  EXPECT_EQ(Scaled("9007199254740993", 0, Rounding::kUp), "9007199254740993");
  EXPECT_EQ(Scaled("99999999999999999999999999999999999999", 0, Rounding::kUp),
            "99999999999999999999999999999999999999");
}

TEST(ExactDecimal, RoundsToTheAskedSide) {
  EXPECT_EQ(Scaled("1.005", 2, Rounding::kUp), "101 rounded");
  EXPECT_EQ(Scaled("1.005", 2, Rounding::kDown), "100 rounded");
  EXPECT_EQ(Scaled("-1.005", 2, Rounding::kUp), "-100 rounded");
  EXPECT_EQ(Scaled("-1.005", 2, Rounding::kDown), "-101 rounded");
  EXPECT_EQ(Scaled("1e-400", 2, Rounding::kUp), "1 rounded");
  EXPECT_EQ(Scaled("1e-400", 2, Rounding::kDown), "0 rounded");
}

TEST(ExactDecimal, KnowsWhatIsBeyond) {
  EXPECT_EQ(Scaled("1e400", 0, Rounding::kUp), "too large");
  EXPECT_EQ(Scaled("-1e99999999999999999999", 0, Rounding::kUp), "too small");
  EXPECT_EQ(Scaled("1e38", 0, Rounding::kUp), "too large");
}

TEST(ExactDecimal, RefusesOtherTexts) {
  for (const char* text : {"", ".", "-", "1e", "abc", "1.2.3", "0x10", "1 "}) {
    EXPECT_FALSE(ExactDecimal::Parse(text)) << text;
  }
}

TEST(ExactDecimal, Compares) {
  const auto order = [](const char* a, const char* b) {
    return Compare(*ExactDecimal::Parse(a), *ExactDecimal::Parse(b));
  };
  EXPECT_EQ(order("1.0", "1"), 0);
  EXPECT_EQ(order("-0", "0"), 0);
  EXPECT_EQ(order("1.5", "15"), -1);
  EXPECT_EQ(order("-1.5", "-15"), 1);
  EXPECT_EQ(order("0", "0.001"), -1);
  EXPECT_EQ(order("0", "-0.001"), 1);
  EXPECT_EQ(order("123", "1234"), -1);
  EXPECT_EQ(order("125", "1234"), -1);
  EXPECT_EQ(order("0.125", "0.1234"), 1);
}

}  // namespace
}  // namespace lakegate
