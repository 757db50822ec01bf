// Numbers as they are written, so that a bound is never rounded through a double.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/value_type.h"

namespace lakegate {

enum class Rounding : uint8_t { kDown, kUp };  // towards minus / plus infinity

// digits * 10^exponent, with sign.
struct ExactDecimal {
  bool negative = false;
  std::string digits;  // no zeros at either end; empty: zero
  int64_t exponent = 0;

  // "-12.50", "1e400"; nothing if it is no number.
  static std::optional<ExactDecimal> Parse(std::string_view text);
  bool is_zero() const { return digits.empty(); }

  struct Scaled {
    Int128 value = 0;   // the number * 10^scale, rounded
    bool exact = true;  // nothing was rounded
    int overflow = 0;   // -1, +1: beyond 38 digits on that side; value is then meaningless
  };
  Scaled ToScale(int scale, Rounding rounding) const;
};

// -1, 0, 1
int Compare(const ExactDecimal& a, const ExactDecimal& b);

// The integer as text. Int128 has no printer of its own.
std::string ToString(Int128 value);

}  // namespace lakegate
