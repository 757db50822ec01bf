#include "contract/check_plan.h"

namespace lakegate {

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
