// Constants of a filter in the units of the column they are compared with.
#pragma once

#include <string>
#include <variant>

#include "contract/check_plan.h"
#include "contract/record_filter.h"

namespace lakegate {

// A constant as written.
struct FilterConstant {
  enum class Kind { kText, kNumber, kBoolean, kNull, kDate, kTimestamp, kTime };
  Kind kind = Kind::kNull;
  std::string text;   // numbers with their sign; booleans "true", "false"
  size_t offset = 0;  // in the filter, bytes
};

// Error: the constant is no value of the column's type.
std::variant<FilterLiteral, FilterError> LiteralFor(const FilterConstant& constant,
                                                    const FieldPlan& field);

// `%` any run of characters, `_` any one; behind `escape` a character is itself. `escape` 0: none.
// Nothing if the pattern ends in the escape.
std::optional<std::vector<LikeToken>> CompileLike(std::string_view pattern, char escape);

}  // namespace lakegate
