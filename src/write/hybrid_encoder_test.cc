#include "write/hybrid_encoder.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace lakegate {
namespace {

// A slow, obvious decoder, by the text of the specification.
std::vector<uint32_t> Decode(std::string_view bytes, int bit_width, size_t count) {
  std::vector<uint32_t> values;
  size_t at = 0;
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])); };
  while (values.size() < count) {
    uint64_t header = 0;
    for (int shift = 0;; shift += 7) {
      header |= uint64_t{byte(at) & 0x7f} << shift;
      if ((byte(at++) & 0x80) == 0) break;
    }
    if ((header & 1) == 0) {
      const uint32_t value = bit_width > 8 ? byte(at) | byte(at + 1) << 8 : byte(at);
      at += bit_width > 8 ? 2 : 1;
      for (uint64_t i = 0; i < header >> 1; ++i) values.push_back(value);
      continue;
    }
    const size_t packed = (header >> 1) * 8;
    for (size_t i = 0; i < packed; ++i) {
      uint32_t value = 0;
      for (size_t bit = 0; bit < static_cast<size_t>(bit_width); ++bit) {
        const size_t place = i * static_cast<size_t>(bit_width) + bit;
        value |= (byte(at + place / 8) >> (place % 8) & 1) << bit;
      }
      values.push_back(value);
    }
    at += packed * static_cast<size_t>(bit_width) / 8;
  }
  EXPECT_EQ(at, bytes.size());
  for (size_t i = count; i < values.size(); ++i) EXPECT_EQ(values[i], 0u) << "padding";
  values.resize(count);
  return values;
}

template <typename T>
void ExpectReadBack(const std::vector<T>& values, int bit_width) {
  ByteBuffer out;
  AppendHybrid(std::span<const T>(values), bit_width, &out);
  EXPECT_EQ(Decode(out.view(), bit_width, values.size()),
            std::vector<uint32_t>(values.begin(), values.end()))
      << "width " << bit_width << ", " << values.size() << " values";
}

TEST(HybridEncoder, EveryWidthAndLength) {
  std::mt19937_64 random(17);
  for (int bit_width = 1; bit_width <= 16; ++bit_width) {
    for (size_t length = 0; length < 80; ++length) {
      std::vector<uint8_t> narrow;
      std::vector<uint16_t> wide;
      uint32_t value = 0;
      while (wide.size() < length) {  // runs of all lengths, and none
        const uint64_t drawn = random();
        if (drawn % 5 != 0) value = static_cast<uint32_t>(drawn >> 8) & ((1u << bit_width) - 1);
        const size_t run = drawn % 3 == 0 ? drawn % 31 : 1;
        for (size_t i = 0; i < run && wide.size() < length; ++i) {
          wide.push_back(static_cast<uint16_t>(value));
          narrow.push_back(static_cast<uint8_t>(value));
        }
      }
      ExpectReadBack(wide, bit_width);
      if (bit_width <= 8) ExpectReadBack(narrow, bit_width);
    }
  }
}

TEST(HybridEncoder, RunsAreShort) {
  ByteBuffer out;
  const std::vector<uint8_t> ones(1'000'000, 1);
  AppendHybrid(std::span<const uint8_t>(ones), 1, &out);
  EXPECT_EQ(out.size(), 4u);
  out.Clear();
  AppendHybridRun(1'000'000, 300, 9, &out);
  EXPECT_EQ(Decode(out.view(), 9, 1'000'000), std::vector<uint32_t>(1'000'000, 300));
}

TEST(HybridEncoder, WidthsOfGreatestValues) {
  EXPECT_EQ(BitWidthFor(0), 1);
  EXPECT_EQ(BitWidthFor(1), 1);
  EXPECT_EQ(BitWidthFor(2), 2);
  EXPECT_EQ(BitWidthFor(255), 8);
  EXPECT_EQ(BitWidthFor(256), 9);
  EXPECT_EQ(BitWidthFor(16383), 14);
}

}  // namespace
}  // namespace lakegate
