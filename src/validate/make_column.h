// The column that holds a field's accepted values.
#pragma once

#include "contract/check_plan.h"
#include "core/column_buffer.h"

namespace lakegate {

// A column buffer of the field's type, with children. Objects and arrays without declared members
// are kept as their JSON text.
ColumnBuffer MakeColumn(const FieldPlan& field);

}  // namespace lakegate
