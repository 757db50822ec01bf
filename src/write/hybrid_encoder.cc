#include "write/hybrid_encoder.h"

#include <bit>
#include <cstring>

namespace lakegate {
namespace {

constexpr size_t kGroup = 8;  // values that are packed at once

void AppendVarint(uint64_t value, ByteBuffer* out) {
  while (value >= 0x80) {
    out->AppendValue(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  out->AppendValue(static_cast<uint8_t>(value));
}

bool IsOneValue(const uint8_t* group) {
  uint64_t all;
  std::memcpy(&all, group, sizeof all);
  return all == (all & 0xff) * 0x0101010101010101u;
}

bool IsOneValue(const uint16_t* group) {
  uint64_t first, second;
  std::memcpy(&first, group, sizeof first);
  std::memcpy(&second, group + 4, sizeof second);
  return first == second && first == (first & 0xffff) * 0x0001000100010001u;
}

// Eight values, least significant bits first: bit_width bytes.
template <typename T>
void PackGroup(const T* group, int bit_width, char* out) {
  if (bit_width <= 8) {
    uint64_t bits = 0;
    for (size_t i = 0; i < kGroup; ++i) {
      bits |= uint64_t{group[i]} << (i * static_cast<size_t>(bit_width));
    }
    std::memcpy(out, &bits, static_cast<size_t>(bit_width));
  } else {
    unsigned __int128 bits = 0;
    for (size_t i = 0; i < kGroup; ++i) {
      bits |= static_cast<unsigned __int128>(group[i]) << (i * static_cast<size_t>(bit_width));
    }
    std::memcpy(out, &bits, static_cast<size_t>(bit_width));
  }
}

template <typename T>
void AppendPacked(const T* values, size_t count, int bit_width, ByteBuffer* out) {
  if (count == 0) return;
  const size_t groups = (count + kGroup - 1) / kGroup;
  AppendVarint(groups << 1 | 1, out);
  const auto width = static_cast<size_t>(bit_width);
  char* packed = out->Grow(groups * width);
  for (size_t group = 0; group < count / kGroup; ++group) {
    PackGroup(values + group * kGroup, bit_width, packed + group * width);
  }
  if (const size_t rest = count % kGroup; rest > 0) {
    T last[kGroup] = {};
    std::memcpy(last, values + count - rest, rest * sizeof(T));
    PackGroup(last, bit_width, packed + (groups - 1) * width);
  }
}

// Runs are looked for at multiples of eight only: that costs nothing where there are none.
template <typename T>
void AppendValues(std::span<const T> values, int bit_width, ByteBuffer* out) {
  size_t packed_from = 0;
  size_t at = 0;
  while (at + kGroup <= values.size()) {
    if (!IsOneValue(&values[at])) {
      at += kGroup;
      continue;
    }
    size_t end = at + kGroup;
    while (end < values.size() && values[end] == values[at]) ++end;
    AppendPacked(&values[packed_from], at - packed_from, bit_width, out);
    AppendHybridRun(end - at, values[at], bit_width, out);
    packed_from = at = end;
  }
  if (packed_from < values.size()) {
    AppendPacked(&values[packed_from], values.size() - packed_from, bit_width, out);
  }
}

}  // namespace

int BitWidthFor(uint32_t greatest) { return greatest == 0 ? 1 : std::bit_width(greatest); }

void AppendHybridRun(uint64_t count, uint32_t value, int bit_width, ByteBuffer* out) {
  AppendVarint(count << 1, out);
  std::memcpy(out->Grow(bit_width > 8 ? 2 : 1), &value, bit_width > 8 ? 2 : 1);
}

void AppendHybrid(std::span<const uint8_t> values, int bit_width, ByteBuffer* out) {
  AppendValues(values, bit_width, out);
}

void AppendHybrid(std::span<const uint16_t> values, int bit_width, ByteBuffer* out) {
  AppendValues(values, bit_width, out);
}

}  // namespace lakegate
