// Says of most values at once that they violate nothing, and stores them. Whatever it does not
// pass is FieldChecker's, which finds out what is wrong, if anything; tests compare the two.
// Values are a reader's: texts have kTextPadding readable bytes behind them.
#pragma once

#include <cstdint>
#include <vector>

#include "core/column_buffer.h"
#include "read/raw_record.h"
#include "validate/field_checker.h"
#include "validate/plain_text.h"

namespace lakegate {

// One per thread and field. Borrows the checker, whose patterns it uses.
class PlainCheck {
 public:
  explicit PlainCheck(const FieldChecker& checker);

  // Every CSV cell, null or not, passes: there is nothing to check.
  bool PassesAllCells() const { return way_ == Way::kAnyText && null_passes_; }

  // True: no violation, and the value was appended to `column` (may be null). False: nothing was
  // done, Passes knows more. In line: most values need no more than this.
  bool PassesAtOnce(const RawValue& value, ColumnBuffer* column) const {
    return column ? StoresAtOnce(value, column) : NeedsNoMore(value);
  }

  // True: no violation, and the value was appended to `column` (may be null). False: unknown; the
  // column's children may hold a part of the value.
  bool Passes(const RawValue& value, const RawValue* values, ColumnBuffer* column);

 private:
  enum class Way : uint8_t {
    kAnyText,  // a string without constraints
    kText,
    kInteger,
    kReal,
    kDecimal,
    kBoolean,
    kTemporal,
    kObject,
    kArray,
    kUnknown,  // FieldChecker's
  };
  // A constraint of a text, with its pattern.
  struct TextRule {
    enum class Quick : uint8_t { kNone, kEmail, kEnum };

    TextRule(const Constraint& rule, const PatternMatcher* matcher);
    // False: unknown.
    bool PassesAtOnce(std::string_view text) const {
      return quick == Quick::kEmail ? IsPlainEmail(text)
                                    : quick == Quick::kEnum && choices.Has(text);
    }

    const Constraint* constraint;
    const PatternMatcher* pattern;
    Quick quick = Quick::kNone;
    ShortEnum choices{{}};
  };

  bool NeedsNoMore(const RawValue& value) const {
    return IsFree(value) || (value.scale <= most_scale_ && IsWithinBounds(value));
  }
  bool StoresAtOnce(const RawValue& value, ColumnBuffer* column) const {
    if (way_ == Way::kAnyText && IsFree(value) && value.kind > RawKind::kNull) {
      column->AppendText(value.text());
      return true;
    }
    if (way_ != Way::kInteger || value.scale > most_scale_ || !IsWithinBounds(value)) return false;
    column->AppendInteger(value.digits());
    return true;
  }
  bool IsFree(const RawValue& value) const {
    return (free_kinds_ >> static_cast<int>(value.kind) & 1) != 0;
  }
  bool IsWithinBounds(const RawValue& value) const {
    return value.digits() >= least_ && value.digits() <= greatest_;
  }

  Way WayOf(const FieldPlan& field);
  void FindWhatPassesAtOnce();
  Way WayOfNumber(const FieldPlan& field);
  Way WayOfNested(const FieldPlan& field);
  bool Bound(const Constraint& constraint);
  bool PassesNull(const RawValue& value, ColumnBuffer* column) const;
  bool PassesText(const RawValue& value, ColumnBuffer* column) const;
  bool PassesInteger(const RawValue& value, ColumnBuffer* column) const;
  bool PassesReal(const RawValue& value, ColumnBuffer* column) const;
  bool PassesDecimal(const RawValue& value, ColumnBuffer* column) const;
  bool PassesBoolean(const RawValue& value, ColumnBuffer* column) const;
  bool PassesTemporal(const RawValue& value, ColumnBuffer* column);
  bool PassesObject(const RawValue& value, const RawValue* values, ColumnBuffer* column);
  bool PassesArray(const RawValue& value, const RawValue* values, ColumnBuffer* column);

  const FieldPlan* plan_;
  uint32_t free_kinds_ = 0;  // a bit for each RawKind whose values all pass
  int most_scale_ = -1;      // numbers with digits up to that scale pass within the bounds
  Way way_ = Way::kUnknown;
  bool null_passes_ = false;
  bool absent_passes_ = false;
  std::vector<TextRule> rules_;
  // Inclusive bounds of the type and of the constraints together, in the units of the column.
  int64_t least_ = INT64_MIN, greatest_ = INT64_MAX;  // also of the count of items or members
  double least_real_ = 0, greatest_real_ = 0;
  Int128 least_decimal_ = 0, greatest_decimal_ = 0;
  std::vector<PlainCheck> children_;
};

}  // namespace lakegate
