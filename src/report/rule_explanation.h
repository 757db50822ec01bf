// What one rule of a contract means: for `lakegate explain`.
#pragma once

#include <string>

#include "contract/check_plan.h"

namespace lakegate {

// What is checked, where the contract says so, which decision of the semantics applies (S1-S18,
// docs/decisions/) and how other tools would count it. Ends with a line end.
std::string ExplainRule(const CheckPlan& plan, size_t rule);

}  // namespace lakegate
