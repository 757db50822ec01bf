// Quick checks of texts that have kTextPadding readable bytes behind them, as readers give them:
// without branches on how long a text is, which differs from record to record.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/digit_word.h"
#include "read/raw_record.h"

namespace lakegate {

// True: IsEmail. False: unknown; one of up to 32 letters, digits, dots and dashes is never missed.
bool IsPlainEmail(std::string_view padded);

// Values to be one of; `can_tell()` where all of them are short and they are few.
class ShortEnum {
 public:
  explicit ShortEnum(const std::vector<std::string>& values);

  bool can_tell() const { return !values_.empty(); }
  bool Has(std::string_view padded) const;

 private:
  static constexpr size_t kMostBytes = 16;
  static constexpr size_t kMostValues = 16;
  struct Value {
    alignas(16) std::array<char, kMostBytes> bytes{};  // zeros behind its text
    size_t size = 0;
  };
  std::vector<Value> values_;
};

// 1 to 16 digits and nothing else: their value.
inline bool ReadWholeDigits(std::string_view padded, int64_t* value) {
  static_assert(kTextPadding >= 8);
  const size_t size = padded.size();
  const size_t front = size <= 8 ? size : size - 8;  // digits in front of the last eight
  if (front - 1 >= 8) return false;                  // none, or too many
  uint64_t word;
  std::memcpy(&word, padded.data(), sizeof word);
  const size_t shift = 8 * (8 - front);  // zeros before the digits
  word = (word << shift) ^ (kZeroDigits << shift);
  if (!AreDigits(word)) return false;
  *value = NumberOfDigits(word);
  if (size <= 8) return true;
  std::memcpy(&word, padded.data() + front, sizeof word);
  word ^= kZeroDigits;
  if (!AreDigits(word)) return false;
  *value = *value * 100'000'000 + NumberOfDigits(word);
  return true;
}

// Up to 7 digits, with a '-' in front and up to 7 more behind a point allowed, as
// RawValue::digits() has them. False: something else, or a negative zero.
bool ReadPlainDigits(std::string_view padded, int64_t* digits, int* scale);

}  // namespace lakegate
