#include "core/random.h"

#include <gtest/gtest.h>

#include <array>

namespace lakegate {
namespace {

TEST(SeededRandomTest, SameSeedGivesTheSameBytes) {
  std::array<uint8_t, 19> first{};
  std::array<uint8_t, 19> second{};
  SeededRandom(7).Fill(first);
  SeededRandom(7).Fill(second);
  EXPECT_EQ(first, second);
  SeededRandom(8).Fill(second);
  EXPECT_NE(first, second);
}

// SplitMix64 from seed 0 starts with 0xe220a8397b1dcdaf (the value in its reference code's users).
TEST(SeededRandomTest, IsSplitMix64) {
  std::array<uint8_t, 8> bytes{};
  SeededRandom(0).Fill(bytes);
  EXPECT_EQ(bytes, (std::array<uint8_t, 8>{0xaf, 0xcd, 0x1d, 0x7b, 0x39, 0xa8, 0x20, 0xe2}));
}

TEST(SystemRandomTest, TwoFillsDiffer) {
  std::array<uint8_t, 32> first{};
  std::array<uint8_t, 32> second{};
  SystemRandom random;
  random.Fill(first);
  random.Fill(second);
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace lakegate
