#include "validate/field_checker.h"

#include <algorithm>
#include <cmath>

#include "core/utf8.h"
#include "validate/number_text.h"
#include "validate/string_format.h"
#include "validate/temporal_text.h"

namespace lakegate {
namespace {

bool IsCell(RawKind kind) { return kind == RawKind::kCell || kind == RawKind::kQuotedCell; }

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return text.size() == lower.size() && std::equal(text.begin(), text.end(), lower.begin(),
                                                   [](char a, char b) { return Lower(a) == b; });
}

}  // namespace

int Compare(const ValueType& type, const Scalar& a, const Scalar& b) {
  const auto sign = [](auto x, auto y) { return x < y ? -1 : x > y ? 1 : 0; };
  switch (type.kind) {
    case TypeKind::kDouble:
      return sign(a.real, b.real);
    case TypeKind::kDecimal:
      return sign(a.decimal, b.decimal);
    case TypeKind::kInteger:
      if (!type.is_signed) {
        return sign(static_cast<uint64_t>(a.integer), static_cast<uint64_t>(b.integer));
      }
      return sign(a.integer, b.integer);
    default:
      return sign(a.integer, b.integer);
  }
}

namespace {

bool IsMultiple(const ValueType& type, const Scalar& value, const Scalar& step) {
  switch (type.kind) {
    case TypeKind::kDouble: {
      // Binary fractions have no exact tenths: within one part in 10^12 of a multiple counts.
      const double ratio = value.real / step.real;
      return std::abs(ratio - std::nearbyint(ratio)) <= 1e-12 * std::max(1.0, std::abs(ratio));
    }
    case TypeKind::kDecimal:
      return step.decimal == 0 || value.decimal % step.decimal == 0;
    default:
      if (!type.is_signed) {
        return static_cast<uint64_t>(value.integer) % static_cast<uint64_t>(step.integer) == 0;
      }
      return step.integer == -1 || value.integer % step.integer == 0;
  }
}

}  // namespace

int BooleanOfCell(std::string_view cell) {
  for (const std::string_view word : {"true", "1", "yes", "t", "y"}) {
    if (EqualsIgnoringCase(cell, word)) return 1;
  }
  for (const std::string_view word : {"false", "0", "no", "f", "n"}) {
    if (EqualsIgnoringCase(cell, word)) return 0;
  }
  return -1;
}

FieldChecker::FieldChecker(const FieldPlan& field) : field_(field) {
  for (const FieldPlan& child : field.children) {
    children_.push_back(std::make_unique<FieldChecker>(child));
  }
  for (const Constraint& constraint : field.constraints) {
    patterns_.push_back(constraint.kind == ConstraintKind::kPattern
                            ? std::make_unique<PatternMatcher>(constraint.text)
                            : nullptr);
  }
}

void FieldChecker::Check(const RawValue& value, const RawRecord& record, ColumnBuffer* column,
                         std::vector<Violation>* violations) {
  record_ = &record;
  violations_ = violations;
  if (!items_) items_ = &own_items_;
  if (value.kind == RawKind::kNull || value.kind == RawKind::kAbsent) {
    if (field_.required_rule >= 0 && !(field_.from_path && value.kind == RawKind::kAbsent)) {
      violations->push_back(
          {field_.required_rule, ReasonCode::kRequired, &field_, nullptr, value, *items_, nullptr});
    }
    AppendNull(column);
    return;
  }
  switch (field_.type.kind) {
    case TypeKind::kString:
      return CheckText(value, column);
    case TypeKind::kInteger:
    case TypeKind::kDouble:
    case TypeKind::kDecimal:
      return CheckNumber(value, column);
    case TypeKind::kBoolean:
      return CheckBoolean(value, column);
    case TypeKind::kDate:
    case TypeKind::kTimestamp:
    case TypeKind::kTime:
      return CheckTemporal(value, column);
    case TypeKind::kObject:
      return CheckObject(value, column);
    case TypeKind::kArray:
      return CheckArray(value, column);
    case TypeKind::kMap:
      return CheckMap(value, column);
  }
}

void FieldChecker::AppendNull(ColumnBuffer* column) const {
  if (column) column->AppendNull();
}

void FieldChecker::TypeError(const RawValue& value, ReasonCode code, const char* note,
                             ColumnBuffer* column) {
  violations_->push_back({field_.type_rule, code, &field_, nullptr, value, *items_, note});
  AppendNull(column);
}

void FieldChecker::Violated(const Constraint& constraint, ReasonCode code, const RawValue& value,
                            const char* note) {
  violations_->push_back({constraint.rule, code, &field_, &constraint, value, *items_, note});
}

void FieldChecker::CheckText(const RawValue& value, ColumnBuffer* column) {
  if (value.kind != RawKind::kString && !IsCell(value.kind)) {
    return TypeError(value, ReasonCode::kTypeError, nullptr, column);
  }
  const std::string_view text = value.text();
  for (size_t i = 0; i < field_.constraints.size(); ++i) {
    const Constraint& constraint = field_.constraints[i];
    switch (constraint.kind) {
      case ConstraintKind::kMinLength:
        if (CountCodePoints(text) < static_cast<uint64_t>(constraint.limit)) {
          Violated(constraint, ReasonCode::kMinLength, value);
        }
        break;
      case ConstraintKind::kMaxLength:
        if (text.size() > static_cast<uint64_t>(constraint.limit) &&
            CountCodePoints(text) > static_cast<uint64_t>(constraint.limit)) {
          Violated(constraint, ReasonCode::kMaxLength, value);
        }
        break;
      case ConstraintKind::kPattern:
        if (!patterns_[i]->Search(text)) Violated(constraint, ReasonCode::kPattern, value);
        break;
      case ConstraintKind::kFormat:
        if (!HasFormat(text, constraint.format)) Violated(constraint, ReasonCode::kFormat, value);
        break;
      case ConstraintKind::kEnum:
        if (std::find(constraint.values.begin(), constraint.values.end(), text) ==
            constraint.values.end()) {
          Violated(constraint, ReasonCode::kEnum, value);
        }
        break;
      default:
        break;
    }
  }
  if (column) column->AppendText(text);
}

void FieldChecker::CheckNumber(const RawValue& value, ColumnBuffer* column) {
  if (value.kind != RawKind::kNumber && !IsCell(value.kind)) {
    return TypeError(value, ReasonCode::kTypeError, nullptr, column);
  }
  Scalar scalar;
  NumberOutcome outcome;
  const NumberSyntax syntax =
      value.kind == RawKind::kNumber ? NumberSyntax::kJson : NumberSyntax::kText;
  switch (field_.type.kind) {
    case TypeKind::kInteger:
      outcome = ParseInteger(value.text(), field_.type, syntax, &scalar.integer);
      break;
    case TypeKind::kDecimal:
      outcome =
          ParseDecimal(value.text(), field_.type.precision, field_.type.scale, &scalar.decimal);
      break;
    default:
      outcome = ParseReal(value.text(), field_.type.bits, &scalar.real);
  }
  if (outcome == NumberOutcome::kOutOfRange) {
    return TypeError(value, ReasonCode::kOutOfRange, nullptr, column);
  }
  if (outcome != NumberOutcome::kFine) {
    return TypeError(value, ReasonCode::kTypeError,
                     outcome == NumberOutcome::kTooFine
                         ? "it has more fraction digits than the column holds"
                         : nullptr,
                     column);
  }
  CheckScalar(value, scalar);
  if (!column) return;
  if (field_.type.kind == TypeKind::kDecimal) {
    column->AppendDecimal(scalar.decimal);
  } else if (field_.type.kind == TypeKind::kDouble) {
    column->AppendReal(scalar.real);
  } else {
    column->AppendInteger(scalar.integer);
  }
}

void FieldChecker::CheckScalar(const RawValue& value, const Scalar& scalar) {
  last_ = scalar;
  for (const Constraint& constraint : field_.constraints) {
    switch (constraint.kind) {
      case ConstraintKind::kMinimum: {
        const int order = Compare(field_.type, scalar, constraint.bound);
        if (constraint.never || order < 0 || (order == 0 && constraint.exclusive)) {
          Violated(constraint, ReasonCode::kMinimum, value);
        }
        break;
      }
      case ConstraintKind::kMaximum: {
        const int order = Compare(field_.type, scalar, constraint.bound);
        if (constraint.never || order > 0 || (order == 0 && constraint.exclusive)) {
          Violated(constraint, ReasonCode::kMaximum, value);
        }
        break;
      }
      case ConstraintKind::kMultipleOf:
        if (constraint.only_zero ? scalar.integer != 0 || scalar.decimal != 0
                                 : !IsMultiple(field_.type, scalar, constraint.bound)) {
          Violated(constraint, ReasonCode::kMultipleOf, value);
        }
        break;
      case ConstraintKind::kEnum: {
        const auto same = [&](const Scalar& allowed) {
          return Compare(field_.type, scalar, allowed) == 0;
        };
        if (std::none_of(constraint.scalars.begin(), constraint.scalars.end(), same)) {
          Violated(constraint, ReasonCode::kEnum, value);
        }
        break;
      }
      default:
        break;
    }
  }
}

void FieldChecker::CheckBoolean(const RawValue& value, ColumnBuffer* column) {
  int truth = -1;
  if (value.kind == RawKind::kTrue) truth = 1;
  if (value.kind == RawKind::kFalse) truth = 0;
  if (IsCell(value.kind)) truth = BooleanOfCell(value.text());
  if (truth < 0) return TypeError(value, ReasonCode::kTypeError, nullptr, column);
  Scalar scalar;
  scalar.integer = truth;
  CheckScalar(value, scalar);
  if (column) column->AppendInteger(truth);
}

void FieldChecker::CheckTemporal(const RawValue& value, ColumnBuffer* column) {
  const bool counts = field_.epoch != EpochUnit::kNone;
  const bool right_kind =
      IsCell(value.kind) || value.kind == (counts ? RawKind::kNumber : RawKind::kString);
  if (!right_kind) return TypeError(value, ReasonCode::kTypeError, nullptr, column);
  Scalar scalar;
  const TemporalOutcome outcome = ParseTemporal(value.text(), field_, &scalar.integer);
  if (outcome == TemporalOutcome::kNoOffset) {
    violations_->push_back({field_.offset_rule, ReasonCode::kTypeError, &field_, nullptr, value,
                            *items_, "it has no offset such as Z or +01:00"});
    return AppendNull(column);
  }
  if (outcome != TemporalOutcome::kFine) {
    const char* note = outcome == TemporalOutcome::kTooFine ? "it is finer than a microsecond"
                       : outcome == TemporalOutcome::kLeftOut
                           ? "the clocks of defaultTimezone leave this time out"
                           : nullptr;
    return TypeError(value, ReasonCode::kTypeError, note, column);
  }
  CheckScalar(value, scalar);
  if (column) column->AppendInteger(scalar.integer);
}

}  // namespace lakegate
