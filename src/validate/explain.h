// The slow path: a violation as the words, the value and the place that people see.
#pragma once

#include <string>

#include "contract/check_plan.h"
#include "validate/field_checker.h"
#include "validate/unit_result.h"

namespace lakegate {

// Whatever `reason` was: its memory serves again.
void Explain(const Violation& violation, const CheckPlan& plan, Reason* reason);

// The value as JSON text, long ones cut; masked fields give "***". Empty if there is none.
std::string ShowValue(const RawValue& value, const FieldPlan& field);

}  // namespace lakegate
