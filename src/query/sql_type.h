// How the engine names the type of a column.
#pragma once

#include <string>

#include "contract/check_plan.h"

namespace lakegate {

// "BIGINT", "DECIMAL(12,2)", "STRUCT("a" INTEGER)[]".
std::string SqlTypeOf(const FieldPlan& field);
std::string SqlTypeOf(const ValueType& type);  // not of objects and arrays

}  // namespace lakegate
