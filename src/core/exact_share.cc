#include "core/exact_share.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/value_type.h"

namespace lakegate {
namespace {

// value = digits * 10^exponent; at most 17 digits.
struct ShortDecimal {
  int64_t digits = 0;
  int exponent = 0;
};

ShortDecimal ShortestDecimal(double value) {
  char text[40];
  const char* end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  ShortDecimal decimal;
  bool negative = false;
  bool in_fraction = false;
  const char* p = text;
  for (; p < end && *p != 'e'; ++p) {
    if (*p == '-') {
      negative = true;
    } else if (*p == '.') {
      in_fraction = true;
    } else {
      decimal.digits = decimal.digits * 10 + (*p - '0');
      decimal.exponent -= in_fraction ? 1 : 0;
    }
  }
  if (p < end) {
    ++p;
    p += p < end && *p == '+' ? 1 : 0;
    int exponent = 0;
    std::from_chars(p, end, exponent);
    decimal.exponent += exponent;
  }
  if (negative) decimal.digits = -decimal.digits;
  return decimal;
}

int Sign(Int128 value) { return value < 0 ? -1 : value > 0 ? 1 : 0; }

// Multiplies by 10^power; false if that leaves the 128 bits.
bool Scale(Int128* value, int power) {
  for (int i = 0; i < power && *value != 0; ++i) {
    if (__builtin_mul_overflow(*value, Int128{10}, value)) return false;
  }
  return true;
}

// left against limit * base.
int Compare(Int128 left, double limit, int64_t base) {
  if (std::isnan(limit)) return 1;
  if (std::isinf(limit)) return limit > 0 ? -1 : 1;
  const ShortDecimal decimal = ShortestDecimal(limit);
  Int128 right = Int128{decimal.digits} * base;
  const int sign = Sign(left);
  if (sign != Sign(right)) return sign < Sign(right) ? -1 : 1;
  // The side that outgrows 128 bits is the larger one in magnitude: the other has less than that.
  if (!Scale(&left, -decimal.exponent)) return sign;
  if (!Scale(&right, decimal.exponent)) return -sign;
  return left < right ? -1 : left > right ? 1 : 0;
}

}  // namespace

int CompareCount(int64_t count, double limit) { return Compare(count, limit, 1); }

int ComparePercent(int64_t count, int64_t base, double percent) {
  return Compare(Int128{count} * 100, percent, std::max<int64_t>(base, 1));
}

}  // namespace lakegate
