#include "write/delta_encoder.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace lakegate {
namespace {

constexpr size_t kBlock = 128;
constexpr size_t kMiniBlocks = 4;
constexpr size_t kMiniBlock = kBlock / kMiniBlocks;

void AppendVarint(uint64_t value, ByteBuffer* out) {
  while (value >= 0x80) {
    out->AppendValue(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  out->AppendValue(static_cast<uint8_t>(value));
}

uint64_t ZigZag(int64_t value) {
  return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
}

// 32 values, least significant bits first: 4 * bit_width bytes.
void PackMiniBlock(const uint64_t* values, int bit_width, ByteBuffer* out) {
  if (bit_width == 0) return;
  char* packed = out->Grow(kMiniBlock / 8 * static_cast<size_t>(bit_width));
  unsigned __int128 bits = 0;
  int count = 0;
  for (size_t i = 0; i < kMiniBlock; ++i) {
    bits |= static_cast<unsigned __int128>(values[i]) << count;
    count += bit_width;
    if (count < 64) continue;
    const auto whole = static_cast<uint64_t>(bits);
    std::memcpy(packed, &whole, sizeof whole);
    packed += sizeof whole;
    bits >>= 64;
    count -= 64;
  }
  const auto rest = static_cast<uint64_t>(bits);  // 32 values of odd width: four bytes
  std::memcpy(packed, &rest, static_cast<size_t>(count) / 8);
}

}  // namespace

void AppendDeltas(std::span<const int64_t> values, int bits, ByteBuffer* out) {
  const auto narrow = [bits](uint64_t value) {
    return bits == 32 ? static_cast<int64_t>(static_cast<int32_t>(value))
                      : static_cast<int64_t>(value);
  };
  AppendVarint(kBlock, out);
  AppendVarint(kMiniBlocks, out);
  AppendVarint(values.size(), out);
  AppendVarint(ZigZag(values.empty() ? 0 : narrow(static_cast<uint64_t>(values[0]))), out);
  for (size_t at = 1; at < values.size(); at += kBlock) {
    const size_t count = std::min(kBlock, values.size() - at);
    uint64_t deltas[kBlock];
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < count; ++i) {
      const int64_t delta =
          narrow(static_cast<uint64_t>(values[at + i]) - static_cast<uint64_t>(values[at + i - 1]));
      deltas[i] = static_cast<uint64_t>(delta);
      least = std::min(least, delta);
    }
    std::fill(deltas + count, deltas + kBlock, static_cast<uint64_t>(least));
    AppendVarint(ZigZag(least), out);
    char* widths = out->Grow(kMiniBlocks);
    const size_t widths_at = out->size() - kMiniBlocks;
    std::memset(widths, 0, kMiniBlocks);
    // Mini-blocks without any value have no bytes.
    for (size_t mini = 0; mini * kMiniBlock < count; ++mini) {
      uint64_t* part = deltas + mini * kMiniBlock;
      uint64_t all = 0;
      for (size_t i = 0; i < kMiniBlock; ++i) {
        part[i] -= static_cast<uint64_t>(least);
        all |= part[i];
      }
      const int bit_width = std::bit_width(all);
      out->data()[widths_at + mini] = static_cast<char>(bit_width);
      PackMiniBlock(part, bit_width, out);
    }
  }
}

}  // namespace lakegate
