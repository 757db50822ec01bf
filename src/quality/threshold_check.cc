#include "quality/threshold_check.h"

#include <algorithm>

namespace lakegate {

bool Holds(const Threshold& threshold, const std::function<int(double)>& compare) {
  const auto is_any = [&] {
    if (threshold.any_of.empty()) return compare(threshold.low) == 0;
    return std::any_of(threshold.any_of.begin(), threshold.any_of.end(),
                       [&](double bound) { return compare(bound) == 0; });
  };
  const auto is_between = [&] {
    const int low = compare(threshold.low), high = compare(threshold.high);
    return threshold.bounds_exclusive ? low > 0 && high < 0 : low >= 0 && high <= 0;
  };
  switch (threshold.op) {
    case Operator::kMustBe:
      return is_any();
    case Operator::kMustNotBe:
      return !is_any();
    case Operator::kMustBeGreaterThan:
      return compare(threshold.low) > 0;
    case Operator::kMustBeGreaterOrEqualTo:
      return compare(threshold.low) >= 0;
    case Operator::kMustBeLessThan:
      return compare(threshold.low) < 0;
    case Operator::kMustBeLessOrEqualTo:
      return compare(threshold.low) <= 0;
    case Operator::kMustBeBetween:
      return is_between();
    case Operator::kMustNotBeBetween:
      return !is_between();
  }
  return false;
}

}  // namespace lakegate
