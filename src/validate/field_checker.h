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

// One step into the arrays and maps around a value.
struct ItemStep {
  uint32_t item = 0;     // of an array, from 0
  std::string_view key;  // of a map; borrowed from the record
  bool masked = false;   // the key is not to be shown
};
// Where in the record a check is.
using ItemPath = std::vector<ItemStep>;

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
  const FieldChecker& child(size_t index) const { return *children_[index]; }
  // The pattern of a constraint, or null.
  const PatternMatcher* pattern(size_t constraint) const { return patterns_[constraint].get(); }

 private:
  void CheckText(const RawValue& value, ColumnBuffer* column);
  void CheckNumber(const RawValue& value, ColumnBuffer* column);
  void CheckBoolean(const RawValue& value, ColumnBuffer* column);
  void CheckTemporal(const RawValue& value, ColumnBuffer* column);
  void CheckObject(const RawValue& value, ColumnBuffer* column);
  void CheckArray(const RawValue& value, ColumnBuffer* column);
  void CheckItems(const RawValue& value);
  void CheckNormalized(const RawValue& value, const Constraint& constraint);
  void CheckMap(const RawValue& value, ColumnBuffer* column);
  void CheckMapKeys(const ValueType& type);
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
  Scalar last_;  // the value that was checked last, if it was no text
  struct MapKey {
    Scalar scalar;
    RawValue text;
  };
  std::vector<MapKey> map_keys_;  // of the map being checked
};

// Less than 0, 0 or more than 0, in the units of the type.
int Compare(const ValueType& type, const Scalar& a, const Scalar& b);

// 1 for true yes t y 1, 0 for false no f n 0, in any case; -1: neither.
int BooleanOfCell(std::string_view cell);

}  // namespace lakegate
