// Least and greatest values, for the statistics of pages and column chunks.
#pragma once

#include <cstdint>

namespace lakegate {

// Empty until a value was added. T is any ordered type.
template <typename T>
struct ValueRange {
  bool is_empty = true;
  T least{};
  T greatest{};

  void Add(const T& value) {
    if (is_empty || value < least) least = value;
    if (is_empty || greatest < value) greatest = value;
    is_empty = false;
  }
  void Add(const ValueRange& other) {
    if (other.is_empty) return;
    Add(other.least);
    Add(other.greatest);
  }
};

// Numbers of all kinds as integers that sort like them.
enum class NumberOrder : uint8_t { kSigned, kUnsigned, kFloat, kDouble };

inline constexpr uint64_t kSignBit = uint64_t{1} << 63;

// `word` holds the number's bits, sign- or zero-extended. Not for NaN.
inline int64_t SortKey(uint64_t word, NumberOrder order) {
  if (order == NumberOrder::kSigned) return static_cast<int64_t>(word);
  if (order == NumberOrder::kUnsigned) return static_cast<int64_t>(word ^ kSignBit);
  const uint64_t sign = order == NumberOrder::kFloat ? uint64_t{1} << 31 : kSignBit;
  const uint64_t magnitude = word & (sign - 1);
  return (word & sign) != 0 ? -static_cast<int64_t>(magnitude) - 1
                            : static_cast<int64_t>(magnitude);
}

// SortKey's inverse.
inline uint64_t FromSortKey(int64_t key, NumberOrder order) {
  if (order == NumberOrder::kSigned) return static_cast<uint64_t>(key);
  if (order == NumberOrder::kUnsigned) return static_cast<uint64_t>(key) ^ kSignBit;
  const uint64_t sign = order == NumberOrder::kFloat ? uint64_t{1} << 31 : kSignBit;
  return key < 0 ? static_cast<uint64_t>(-(key + 1)) | sign : static_cast<uint64_t>(key);
}

inline bool IsNan(uint64_t word, NumberOrder order) {
  if (order == NumberOrder::kFloat) return (word & 0x7fffffff) > 0x7f800000;
  return order == NumberOrder::kDouble && (word & ~kSignBit) > 0x7ff0000000000000;
}

}  // namespace lakegate
