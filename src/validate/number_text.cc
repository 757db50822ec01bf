#include "validate/number_text.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

namespace lakegate {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

Int128 PowerOfTen(int exponent) {
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// mantissa x 10^exponent, the mantissa without trailing zeros.
struct Decimal {
  Int128 mantissa = 0;  // meaningless with more than 38 digits
  int64_t exponent = 0;
  int64_t digits = 0;  // of the mantissa
  bool negative = false;
};

bool ParseExponent(std::string_view text, size_t* at, int64_t* exponent) {
  size_t i = *at + 1;
  bool negative = false;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) negative = text[i++] == '-';
  if (i == text.size() || !IsDigit(text[i])) return false;
  int64_t value = 0;
  for (; i < text.size() && IsDigit(text[i]); ++i) {
    if (value < 1'000'000) value = value * 10 + (text[i] - '0');
  }
  *exponent += negative ? -value : value;
  *at = i;
  return true;
}

bool ParseParts(std::string_view text, Decimal* out) {
  size_t i = 0;
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) out->negative = text[i++] == '-';
  int64_t pending_zeros = 0;
  bool any_digit = false;
  bool in_fraction = false;
  int64_t fraction_digits = 0;
  for (; i < text.size(); ++i) {
    if (text[i] == '.' && !in_fraction) {
      in_fraction = true;
      continue;
    }
    if (!IsDigit(text[i])) break;
    any_digit = true;
    fraction_digits += in_fraction ? 1 : 0;
    if (text[i] == '0') {
      pending_zeros += out->digits > 0 ? 1 : 0;
      continue;
    }
    if (out->digits + pending_zeros + 1 > 38) {  // only the number of digits counts then
      out->digits += pending_zeros + 1;
      pending_zeros = 0;
      continue;
    }
    out->mantissa =
        out->mantissa * PowerOfTen(static_cast<int>(pending_zeros) + 1) + (text[i] - '0');
    out->digits += pending_zeros + 1;
    pending_zeros = 0;
  }
  if (!any_digit || (in_fraction && fraction_digits == 0)) return false;
  out->exponent = pending_zeros - fraction_digits;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    if (!ParseExponent(text, &i, &out->exponent)) return false;
  }
  return i == text.size();
}

// Up to 18 plain digits: nearly all integers.
bool ParseShortInteger(std::string_view text, int64_t* value) {
  size_t i = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  if (i == text.size() || text.size() - i > 18) return false;
  int64_t number = 0;
  for (; i < text.size(); ++i) {
    if (!IsDigit(text[i])) return false;
    number = number * 10 + (text[i] - '0');
  }
  *value = text[0] == '-' ? -number : number;
  return true;
}

bool IsPlainInteger(std::string_view text) {
  size_t i = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  if (i == text.size()) return false;
  for (; i < text.size(); ++i) {
    if (!IsDigit(text[i])) return false;
  }
  return true;
}

bool Fits(Int128 value, const ValueType& type) {
  if (!type.is_signed) {
    const Int128 top = type.bits == 64 ? Int128{std::numeric_limits<uint64_t>::max()}
                                       : (Int128{1} << type.bits) - 1;
    return value >= 0 && value <= top;
  }
  const Int128 top = (Int128{1} << (type.bits - 1)) - 1;
  return value >= -top - 1 && value <= top;
}

}  // namespace

NumberOutcome ParseInteger(std::string_view text, const ValueType& type, NumberSyntax syntax,
                           int64_t* value) {
  if (ParseShortInteger(text, value)) {
    return Fits(*value, type) ? NumberOutcome::kFine : NumberOutcome::kOutOfRange;
  }
  if (syntax == NumberSyntax::kText && !IsPlainInteger(text)) return NumberOutcome::kNotANumber;
  Int128 wide = 0;
  const NumberOutcome outcome = ParseDecimal(text, 38, 0, &wide);
  if (outcome != NumberOutcome::kFine) return outcome;
  if (!Fits(wide, type)) return NumberOutcome::kOutOfRange;
  *value = static_cast<int64_t>(static_cast<uint64_t>(wide));
  return NumberOutcome::kFine;
}

NumberOutcome ParseDecimal(std::string_view text, int precision, int scale, Int128* value) {
  Decimal decimal;
  if (!ParseParts(text, &decimal)) return NumberOutcome::kNotANumber;
  if (decimal.digits == 0) {
    *value = 0;
    return NumberOutcome::kFine;
  }
  const int64_t shift = decimal.exponent + scale;
  if (decimal.digits + shift > precision) return NumberOutcome::kOutOfRange;
  if (shift < 0) return NumberOutcome::kTooFine;
  *value = decimal.mantissa * PowerOfTen(static_cast<int>(shift));
  if (decimal.negative) *value = -*value;
  return NumberOutcome::kFine;
}

NumberOutcome ParseReal(std::string_view text, int bits, double* value) {
  std::string_view unsigned_text = text;
  if (!unsigned_text.empty() && unsigned_text[0] == '+') unsigned_text.remove_prefix(1);
  if (unsigned_text.size() < text.size() && unsigned_text.starts_with('-')) {
    return NumberOutcome::kNotANumber;
  }
  for (size_t i = 0; i < unsigned_text.size(); ++i) {  // no inf, nan, hexadecimal, "1." or "1.e5"
    const char c = unsigned_text[i];
    const bool digit_follows = i + 1 < unsigned_text.size() && IsDigit(unsigned_text[i + 1]);
    if (c == '.' ? !digit_follows : !IsDigit(c) && c != '-' && c != '+' && c != 'e' && c != 'E') {
      return NumberOutcome::kNotANumber;
    }
  }
  const char* end = unsigned_text.data() + unsigned_text.size();
  const auto [stop, error] = std::from_chars(unsigned_text.data(), end, *value);
  if (stop != end || error == std::errc::invalid_argument) return NumberOutcome::kNotANumber;
  if (error == std::errc::result_out_of_range) {
    *value = std::strtod(std::string(unsigned_text).c_str(), nullptr);
    if (std::isinf(*value)) return NumberOutcome::kOutOfRange;
  }
  if (bits == 32 && std::isinf(static_cast<float>(*value))) {
    return NumberOutcome::kOutOfRange;
  }
  return NumberOutcome::kFine;
}

std::string CanonicalNumber(std::string_view text) {
  Decimal decimal;
  if (!ParseParts(text, &decimal) || decimal.digits > 38) return std::string(text);
  if (decimal.digits == 0) return "0";
  std::string digits;
  for (Int128 rest = decimal.mantissa; rest > 0; rest /= 10) {
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
  }
  return (decimal.negative ? "-" : "") + digits + "e" + std::to_string(decimal.exponent);
}

}  // namespace lakegate
