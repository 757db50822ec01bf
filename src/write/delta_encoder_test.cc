#include "write/delta_encoder.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace lakegate {
namespace {

// A slow, obvious decoder, by the text of the specification.
class Decoder {
 public:
  Decoder(std::string_view bytes, int bits) : bytes_(bytes), bits_(bits) {}

  std::vector<int64_t> Decode() {
    const uint64_t block = Varint();
    const uint64_t mini_blocks = Varint();
    const uint64_t count = Varint();
    std::vector<int64_t> values = {Signed()};
    while (values.size() < count) {
      const auto least = static_cast<uint64_t>(Signed());
      const std::string_view widths = bytes_.substr(at_, mini_blocks);
      at_ += mini_blocks;
      for (const char width : widths) {
        if (values.size() >= count) break;
        const size_t bits = static_cast<uint8_t>(width);
        EXPECT_LE(bits, static_cast<size_t>(bits_));  // readers refuse more
        for (uint64_t i = 0; i < block / mini_blocks; ++i) {
          uint64_t delta = 0;
          for (size_t bit = 0; bit < bits; ++bit) {
            const size_t place = i * bits + bit;
            const auto byte = static_cast<uint8_t>(bytes_[at_ + place / 8]);
            delta |= uint64_t{byte >> (place % 8) & 1u} << bit;
          }
          if (values.size() < count) {
            const uint64_t sum = static_cast<uint64_t>(values.back()) + least + delta;
            values.push_back(bits_ == 32 ? static_cast<int32_t>(sum) : static_cast<int64_t>(sum));
          }
        }
        at_ += block / mini_blocks * bits / 8;
      }
    }
    EXPECT_EQ(at_, bytes_.size());
    values.resize(count);
    return values;
  }

 private:
  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<uint8_t>(bytes_[at_++]);
      value |= uint64_t{byte & 0x7fu} << shift;
      if ((byte & 0x80) == 0) return value;
    }
  }
  int64_t Signed() {
    const uint64_t value = Varint();
    return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }

  const std::string_view bytes_;
  const int bits_;
  size_t at_ = 0;
};

TEST(DeltaEncoder, EveryWidthAndLength) {
  std::mt19937_64 random(23);
  for (int bits = 0; bits <= 64; ++bits) {
    for (const size_t length : {1, 2, 31, 33, 34, 128, 129, 130, 161, 300, 1000}) {
      std::vector<int64_t> values;
      for (size_t i = 0; i < length; ++i) {
        values.push_back(bits == 0 ? 7 : static_cast<int64_t>(random()) >> (64 - bits));
      }
      ByteBuffer out;
      AppendDeltas(values, 64, &out);
      EXPECT_EQ(Decoder(out.view(), 64).Decode(), values) << bits << " bits, " << length;
      if (bits > 32) continue;
      out.Clear();
      AppendDeltas(values, 32, &out);
      EXPECT_EQ(Decoder(out.view(), 32).Decode(), values) << bits << " bits, " << length;
    }
  }
}

TEST(DeltaEncoder, StepsOfTheSameSizeTakeNoBits) {
  std::vector<int64_t> values;
  for (int64_t i = 0; i < 128'000; ++i) values.push_back(i * 1000);
  ByteBuffer out;
  AppendDeltas(values, 64, &out);
  EXPECT_LT(out.size(), 7'010u);
}

}  // namespace
}  // namespace lakegate
