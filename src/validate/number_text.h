// Exact numbers from text: nothing is rounded, wrapped or turned into infinity silently.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/value_type.h"

namespace lakegate {

enum class NumberOutcome : uint8_t {
  kFine,
  kNotANumber,
  kTooFine,     // more fraction digits than the type holds, and they are not zero
  kOutOfRange,  // does not fit the type
};

enum class NumberSyntax : uint8_t {
  kJson,  // the grammar was checked; fractions and exponents may make an integer (1.0, 1e3)
  kText,  // optional sign, digits, fraction and exponent; integers are sign and digits only
};

// Into int64; of unsigned 64-bit columns the bits.
NumberOutcome ParseInteger(std::string_view text, const ValueType& type, NumberSyntax syntax,
                           int64_t* value);
// Into units of 10^-scale.
NumberOutcome ParseDecimal(std::string_view text, int precision, int scale, Int128* value);
// Correctly rounded; 1e400 is out of range, 1e-400 is zero as in every binary64 reader.
NumberOutcome ParseReal(std::string_view text, int bits, double* value);

// Equal for equal values: "1", "1.0" and "10e-1" are one text. Beyond 38 digits the text itself.
std::string CanonicalNumber(std::string_view text);

}  // namespace lakegate
