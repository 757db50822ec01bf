#include "contract/threshold.h"

namespace lakegate {

const char* Name(Operator op) {
  switch (op) {
    case Operator::kMustBe:
      return "mustBe";
    case Operator::kMustNotBe:
      return "mustNotBe";
    case Operator::kMustBeGreaterThan:
      return "mustBeGreaterThan";
    case Operator::kMustBeGreaterOrEqualTo:
      return "mustBeGreaterOrEqualTo";
    case Operator::kMustBeLessThan:
      return "mustBeLessThan";
    case Operator::kMustBeLessOrEqualTo:
      return "mustBeLessOrEqualTo";
    case Operator::kMustBeBetween:
      return "mustBeBetween";
    case Operator::kMustNotBeBetween:
      return "mustNotBeBetween";
  }
  return "?";
}

}  // namespace lakegate
