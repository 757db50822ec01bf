// One field of the contract, ready to check values: types them, checks them, stores them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "contract/check_plan.h"
#include "core/column_buffer.h"
#include "read/raw_record.h"
#include "validate/pattern_matcher.h"

namespace lakegate {

// Where in the record a check is: the item numbers of the arrays around it.
using ItemPath = std::vector<uint32_t>;

// A rule that a value violated. Borrowed pointers: explained before the next record.
struct Violation {
  int rule = -1;
  ReasonCode code = ReasonCode::kTypeError;
  const FieldPlan* field = nullptr;        // null for kAdditionalField: the key is in `value`
  const Constraint* constraint = nullptr;  // not for required and types
  RawValue value;
  ItemPath items;
  const char* note = nullptr;  // static text that says more
};

// One per thread and field (patterns are per thread). Borrows the plan.
class FieldChecker {
 public:
  explicit FieldChecker(const FieldPlan& field);

  // Checks `value` and appends it to `column` (may be null), a null if it cannot be stored.
  // Members of an object that is null or absent are not checked at all.
  void Check(const RawValue& value, const RawRecord& record, ColumnBuffer* column,
             std::vector<Violation>* violations);
  // Appends nulls of the right shape.
  void AppendNull(ColumnBuffer* column) const;
  const FieldPlan& plan() const { return field_; }

 private:
  void CheckText(const RawValue& value, ColumnBuffer* column);
  void CheckNumber(const RawValue& value, ColumnBuffer* column);
  void CheckBoolean(const RawValue& value, ColumnBuffer* column);
  void CheckTemporal(const RawValue& value, ColumnBuffer* column);
  void CheckObject(const RawValue& value, ColumnBuffer* column);
  void CheckArray(const RawValue& value, ColumnBuffer* column);
  void CheckUniqueItems(const RawValue& value, const Constraint& constraint);
  void CheckScalar(const RawValue& value, const Scalar& scalar);
  void TypeError(const RawValue& value, ReasonCode code, const char* note, ColumnBuffer* column);
  void Violated(const Constraint& constraint, ReasonCode code, const RawValue& value,
                const char* note = nullptr);

  const FieldPlan& field_;
  std::vector<std::unique_ptr<FieldChecker>> children_;
  std::vector<std::unique_ptr<PatternMatcher>> patterns_;  // parallel to field_.constraints
  // Of the record being checked; set by Check.
  const RawRecord* record_ = nullptr;
  std::vector<Violation>* violations_ = nullptr;
  ItemPath* items_ = nullptr;
  ItemPath own_items_;
};

// 1 for true yes t y 1, 0 for false no f n 0, in any case; -1: neither.
int BooleanOfCell(std::string_view cell);

// A column buffer of the field's type, with children.
ColumnBuffer MakeColumn(const FieldPlan& field);

}  // namespace lakegate
