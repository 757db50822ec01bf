#include "contract/check_plan.h"

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

const char* Name(MetricKind kind) {
  switch (kind) {
    case MetricKind::kRowCount:
      return "rowCount";
    case MetricKind::kNullValues:
      return "nullValues";
    case MetricKind::kMissingValues:
      return "missingValues";
    case MetricKind::kInvalidValues:
      return "invalidValues";
    case MetricKind::kDuplicateValues:
      return "duplicateValues";
  }
  return "?";
}

Coverage CoverageOf(const CheckPlan& plan) {
  Coverage coverage;
  for (const RuleInfo& rule : plan.rules) {
    if (rule.implied) continue;
    ++coverage.promises;
    switch (rule.enforcement) {
      case Enforcement::kEnforced:
        ++coverage.enforced;
        break;
      case Enforcement::kInformational:
        ++coverage.informational;
        break;
      case Enforcement::kNotEnforceable:
        ++coverage.not_enforceable;
        break;
    }
  }
  return coverage;
}

}  // namespace lakegate
