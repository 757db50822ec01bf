#include "contract/exact_decimal.h"

#include <algorithm>

namespace lakegate {
namespace {

constexpr int64_t kMaxExponent = 1'000'000'000;
constexpr int64_t kMaxDigits = 38;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The exponent behind e; clamped, since beyond that only the sign matters.
std::optional<int64_t> ParseExponent(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  int64_t value = 0;
  for (char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    value = std::min(value * 10 + (c - '0'), kMaxExponent);
  }
  return negative ? -value : value;
}

int CompareMagnitudes(const ExactDecimal& a, const ExactDecimal& b) {
  if (a.is_zero() || b.is_zero())
    return static_cast<int>(b.is_zero()) - static_cast<int>(a.is_zero());
  const int64_t a_top = static_cast<int64_t>(a.digits.size()) + a.exponent;
  const int64_t b_top = static_cast<int64_t>(b.digits.size()) + b.exponent;
  if (a_top != b_top) return a_top < b_top ? -1 : 1;
  const int order = a.digits.compare(b.digits);  // no trailing zeros: a prefix is smaller
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

}  // namespace

std::optional<ExactDecimal> ExactDecimal::Parse(std::string_view text) {
  ExactDecimal number;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    number.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const size_t e = text.find_first_of("eE");
  if (e != std::string_view::npos) {
    const auto exponent = ParseExponent(text.substr(e + 1));
    if (!exponent) return std::nullopt;
    number.exponent = *exponent;
    text = text.substr(0, e);
  }
  bool behind_point = false;
  bool any = false;
  for (char c : text) {
    if (c == '.' && !behind_point) {
      behind_point = true;
      continue;
    }
    if (!IsDigit(c)) return std::nullopt;
    any = true;
    if (behind_point) --number.exponent;
    number.digits += c;
  }
  if (!any) return std::nullopt;
  number.digits.erase(0, number.digits.find_first_not_of('0'));
  while (!number.digits.empty() && number.digits.back() == '0') {
    number.digits.pop_back();
    ++number.exponent;
  }
  if (number.is_zero()) return ExactDecimal{};
  return number;
}

ExactDecimal::Scaled ExactDecimal::ToScale(int scale, Rounding rounding) const {
  Scaled scaled;
  if (is_zero()) return scaled;
  const int64_t shift = exponent + scale;  // digits * 10^shift is the result
  const int64_t whole = static_cast<int64_t>(digits.size()) + shift;
  if (whole > kMaxDigits) {
    scaled.overflow = negative ? -1 : 1;
    return scaled;
  }
  for (int64_t i = 0; i < whole; ++i) {
    const bool written = i < static_cast<int64_t>(digits.size());
    scaled.value = scaled.value * 10 + (written ? digits[static_cast<size_t>(i)] - '0' : 0);
  }
  if (negative) scaled.value = -scaled.value;
  scaled.exact = shift >= 0;  // the last digit is not zero
  if (scaled.exact) return scaled;
  // What was cut off lies further from zero.
  if (negative && rounding == Rounding::kDown) scaled.value -= 1;
  if (!negative && rounding == Rounding::kUp) scaled.value += 1;
  return scaled;
}

int Compare(const ExactDecimal& a, const ExactDecimal& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  const int order = CompareMagnitudes(a, b);
  return a.negative ? -order : order;
}

std::string ToString(Int128 value) {
  if (value == 0) return "0";
  const bool negative = value < 0;
  unsigned __int128 rest =
      negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
  std::string text;
  for (; rest > 0; rest /= 10) text += static_cast<char>('0' + static_cast<int>(rest % 10));
  if (negative) text += '-';
  std::reverse(text.begin(), text.end());
  return text;
}

}  // namespace lakegate
