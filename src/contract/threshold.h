// What a measured number is held to: the eight operators of the standard.
#pragma once

#include <cstdint>
#include <vector>

namespace lakegate {

enum class Operator : uint8_t {
  kMustBe,
  kMustNotBe,
  kMustBeGreaterThan,
  kMustBeGreaterOrEqualTo,
  kMustBeLessThan,
  kMustBeLessOrEqualTo,
  kMustBeBetween,
  kMustNotBeBetween,
};
const char* Name(Operator op);  // "mustBe", ...

enum class MetricUnit : uint8_t { kRows, kPercent };

struct Threshold {
  Operator op = Operator::kMustBe;
  double low = 0;   // the operand; of the Between operators the first one
  double high = 0;  // Between operators only
  bool bounds_exclusive = false;
  std::vector<double> any_of;  // mustBe / mustNotBe with a list
};

}  // namespace lakegate
