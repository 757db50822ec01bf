#include "validate/plain_check.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/utf8.h"
#include "validate/number_text.h"
#include "validate/string_format.h"
#include "validate/temporal_text.h"

namespace lakegate {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr int64_t kExactInDouble = int64_t{1} << 53;
// Powers of ten that a double holds exactly: a quotient of two exact numbers is rounded correctly.
constexpr double kRealPowers[] = {1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                  1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
constexpr int64_t kPowers[] = {1,
                               10,
                               100,
                               1000,
                               10'000,
                               100'000,
                               1'000'000,
                               10'000'000,
                               100'000'000,
                               1'000'000'000,
                               10'000'000'000,
                               100'000'000'000,
                               1'000'000'000'000,
                               10'000'000'000'000,
                               100'000'000'000'000,
                               1'000'000'000'000'000,
                               10'000'000'000'000'000,
                               100'000'000'000'000'000,
                               1'000'000'000'000'000'000};

constexpr int kMostScale = 18;  // of a RawValue's digits

bool IsCell(RawKind kind) { return kind == RawKind::kCell || kind == RawKind::kQuotedCell; }

NumberSyntax SyntaxOf(const RawValue& value) {
  return value.kind == RawKind::kNumber ? NumberSyntax::kJson : NumberSyntax::kText;
}

// Of a cell: up to 18 digits, a sign in front and a point between them allowed, as
// RawValue::digits() has them. False: something else, or a negative zero.
bool ReadDigits(std::string_view text, int64_t* digits, int* scale) {
  *scale = 0;
  if (ReadWholeDigits(text, digits) || ReadPlainDigits(text, digits, scale)) return true;
  *scale = 0;
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool is_negative = at < end && *at == '-';
  if (at < end && (is_negative || *at == '+')) ++at;
  if (end - at > 19) return false;
  const char* const first = at;
  uint64_t number = 0;  // 19 digits fit; more than 18 are refused below
  for (; at < end && static_cast<unsigned char>(*at - '0') <= 9; ++at) {
    number = number * 10 + static_cast<uint64_t>(*at - '0');
  }
  auto count = at - first;
  if (at < end) {
    if (*at != '.' || count == 0) return false;
    const char* const point = at++;
    for (; at < end && static_cast<unsigned char>(*at - '0') <= 9; ++at) {
      number = number * 10 + static_cast<uint64_t>(*at - '0');
    }
    *scale = static_cast<int>(at - point - 1);
    count += *scale;
    if (*scale == 0 || at < end) return false;
  }
  if (count == 0 || count > 18 || (is_negative && number == 0)) return false;
  *digits = is_negative ? -static_cast<int64_t>(number) : static_cast<int64_t>(number);
  return true;
}

bool IsSame(std::string_view one, std::string_view other) {
  const size_t size = one.size();
  if (size != other.size()) return false;
  if (size < 8 || size > 16) return one == other;
  uint64_t words[4];  // as two halves that overlap
  std::memcpy(&words[0], one.data(), 8);
  std::memcpy(&words[1], other.data(), 8);
  std::memcpy(&words[2], one.data() + size - 8, 8);
  std::memcpy(&words[3], other.data() + size - 8, 8);
  return words[0] == words[1] && words[2] == words[3];
}

bool PassesConstraint(std::string_view text, const Constraint& constraint,
                      const PatternMatcher* pattern) {
  switch (constraint.kind) {
    case ConstraintKind::kMinLength:
      return CountCodePoints(text) >= static_cast<uint64_t>(constraint.limit);
    case ConstraintKind::kMaxLength:
      return text.size() <= static_cast<uint64_t>(constraint.limit) ||
             CountCodePoints(text) <= static_cast<uint64_t>(constraint.limit);
    case ConstraintKind::kPattern:
      return pattern->Search(text);
    case ConstraintKind::kFormat:
      return HasFormat(text, constraint.format);
    case ConstraintKind::kEnum:
      return std::any_of(constraint.values.begin(), constraint.values.end(),
                         [&](const std::string& value) { return IsSame(text, value); });
    default:
      return true;
  }
}

}  // namespace

PlainCheck::TextRule::TextRule(const Constraint& rule, const PatternMatcher* matcher)
    : constraint(&rule), pattern(matcher) {
  if (rule.kind == ConstraintKind::kFormat && rule.format == StringFormat::kEmail) {
    quick = Quick::kEmail;
  } else if (rule.kind == ConstraintKind::kEnum) {
    choices = ShortEnum(rule.values);
    if (choices.can_tell()) quick = Quick::kEnum;
  }
}

PlainCheck::PlainCheck(const FieldChecker& checker) : plan_(&checker.plan()) {
  const FieldPlan& field = *plan_;
  null_passes_ = field.required_rule < 0;
  absent_passes_ = null_passes_ || field.from_path;
  for (size_t i = 0; i < field.constraints.size(); ++i) {
    rules_.emplace_back(field.constraints[i], checker.pattern(i));
  }
  for (size_t i = 0; i < field.children.size(); ++i) children_.emplace_back(checker.child(i));
  way_ = WayOf(field);
  FindWhatPassesAtOnce();
}

void PlainCheck::FindWhatPassesAtOnce() {
  const auto free = [&](RawKind kind) { free_kinds_ |= 1U << static_cast<int>(kind); };
  if (null_passes_) free(RawKind::kNull);
  if (absent_passes_) free(RawKind::kAbsent);
  if (way_ == Way::kAnyText) {
    free(RawKind::kString);
    free(RawKind::kCell);
    free(RawKind::kQuotedCell);
  } else if (way_ == Way::kBoolean) {
    free(RawKind::kTrue);
    free(RawKind::kFalse);
  } else if (way_ == Way::kInteger) {
    most_scale_ = 0;
  } else if (way_ == Way::kReal && least_real_ == -kInfinity && greatest_real_ == kInfinity) {
    most_scale_ = kMostScale;  // up to 18 digits, whatever their scale
  }
}

PlainCheck::Way PlainCheck::WayOf(const FieldPlan& field) {
  switch (field.type.kind) {
    case TypeKind::kString:
      return rules_.empty() ? Way::kAnyText : Way::kText;
    case TypeKind::kBoolean:
      return rules_.empty() ? Way::kBoolean : Way::kUnknown;
    case TypeKind::kInteger:
    case TypeKind::kDouble:
    case TypeKind::kDecimal:
      return WayOfNumber(field);
    case TypeKind::kDate:
    case TypeKind::kTimestamp:
    case TypeKind::kTime:
      return std::all_of(field.constraints.begin(), field.constraints.end(),
                         [&](const Constraint& c) { return Bound(c); })
                 ? Way::kTemporal
                 : Way::kUnknown;
    case TypeKind::kObject:
    case TypeKind::kArray:
      return WayOfNested(field);
    case TypeKind::kMap:
      break;
  }
  return Way::kUnknown;
}

PlainCheck::Way PlainCheck::WayOfNumber(const FieldPlan& field) {
  const ValueType& type = field.type;
  if (type.kind == TypeKind::kInteger) {
    if (type.is_signed) {
      greatest_ = static_cast<int64_t>((uint64_t{1} << (type.bits - 1)) - 1);
      least_ = -greatest_ - 1;
    } else {
      least_ = 0;  // of 64 bits only the lower half: the rest is FieldChecker's
      greatest_ = type.bits == 64 ? INT64_MAX : (int64_t{1} << type.bits) - 1;
    }
  }
  least_real_ = -kInfinity;
  greatest_real_ = kInfinity;
  greatest_decimal_ = 1;
  for (int i = 0; i < type.precision; ++i) greatest_decimal_ *= 10;
  greatest_decimal_ -= 1;
  least_decimal_ = -greatest_decimal_;
  for (const Constraint& constraint : field.constraints) {
    if (!Bound(constraint)) return Way::kUnknown;
  }
  switch (type.kind) {
    case TypeKind::kInteger:
      return Way::kInteger;
    case TypeKind::kDouble:
      return Way::kReal;
    default:
      return Way::kDecimal;
  }
}

PlainCheck::Way PlainCheck::WayOfNested(const FieldPlan& field) {
  least_ = 0;
  greatest_ = INT64_MAX;
  for (const Constraint& constraint : field.constraints) {
    switch (constraint.kind) {
      case ConstraintKind::kMinItems:
      case ConstraintKind::kMinProperties:
        least_ = std::max(least_, constraint.limit);
        break;
      case ConstraintKind::kMaxItems:
      case ConstraintKind::kMaxProperties:
        greatest_ = std::min(greatest_, constraint.limit);
        break;
      case ConstraintKind::kDimensions:
        least_ = std::max(least_, constraint.limit);
        greatest_ = std::min(greatest_, constraint.limit);
        break;
      default:
        return Way::kUnknown;
    }
  }
  return field.type.kind == TypeKind::kObject ? Way::kObject : Way::kArray;
}

// Narrows the bounds; false if the constraint is none that bounds can say.
bool PlainCheck::Bound(const Constraint& constraint) {
  const bool is_least = constraint.kind == ConstraintKind::kMinimum;
  if ((!is_least && constraint.kind != ConstraintKind::kMaximum) || constraint.never) return false;
  const int64_t step = constraint.exclusive ? (is_least ? 1 : -1) : 0;
  if (plan_->type.kind == TypeKind::kDouble) {
    double bound = constraint.bound.real;
    if (step != 0) bound = std::nextafter(bound, is_least ? kInfinity : -kInfinity);
    if (is_least) least_real_ = std::max(least_real_, bound);
    if (!is_least) greatest_real_ = std::min(greatest_real_, bound);
    return !std::isnan(bound);
  }
  if (plan_->type.kind == TypeKind::kDecimal) {
    const Int128 bound = constraint.bound.decimal + step;
    if (is_least) least_decimal_ = std::max(least_decimal_, bound);
    if (!is_least) greatest_decimal_ = std::min(greatest_decimal_, bound);
    return true;
  }
  int64_t bound = constraint.bound.integer;
  const bool is_upper_half = !plan_->type.is_signed && bound < 0;
  if (is_upper_half || __builtin_add_overflow(bound, step, &bound)) return false;
  if (is_least) least_ = std::max(least_, bound);
  if (!is_least) greatest_ = std::min(greatest_, bound);
  return true;
}

bool PlainCheck::Passes(const RawValue& value, const RawValue* values, ColumnBuffer* column) {
  if (value.kind <= RawKind::kNull) return PassesNull(value, column);
  switch (way_) {
    case Way::kAnyText:
      if (value.kind != RawKind::kString && !IsCell(value.kind)) return false;
      if (column) column->AppendText(value.text());
      return true;
    case Way::kText:
      return PassesText(value, column);
    case Way::kInteger:
      return PassesInteger(value, column);
    case Way::kReal:
      return PassesReal(value, column);
    case Way::kDecimal:
      return PassesDecimal(value, column);
    case Way::kBoolean:
      return PassesBoolean(value, column);
    case Way::kTemporal:
      return PassesTemporal(value, column);
    case Way::kObject:
      return PassesObject(value, values, column);
    case Way::kArray:
      return PassesArray(value, values, column);
    case Way::kUnknown:
      break;
  }
  return false;
}

bool PlainCheck::PassesNull(const RawValue& value, ColumnBuffer* column) const {
  if (!(value.kind == RawKind::kAbsent ? absent_passes_ : null_passes_)) return false;
  if (column) column->AppendNull();
  return true;
}

bool PlainCheck::PassesText(const RawValue& value, ColumnBuffer* column) const {
  if (value.kind != RawKind::kString && !IsCell(value.kind)) return false;
  const std::string_view text = value.text();
  for (const TextRule& rule : rules_) {
    if (rule.PassesAtOnce(text)) continue;
    if (!PassesConstraint(text, *rule.constraint, rule.pattern)) return false;
  }
  if (column) column->AppendText(text);
  return true;
}

bool PlainCheck::PassesInteger(const RawValue& value, ColumnBuffer* column) const {
  int64_t integer = 0;
  int scale = 0;
  if (value.has_digits() && value.scale == 0) {
    integer = value.digits();
  } else if (!IsCell(value.kind) || !ReadDigits(value.text(), &integer, &scale) || scale != 0) {
    if (value.kind != RawKind::kNumber && !IsCell(value.kind)) return false;
    const NumberOutcome outcome =
        ParseInteger(value.text(), plan_->type, SyntaxOf(value), &integer);
    if (outcome != NumberOutcome::kFine) return false;
  }
  if (integer < least_ || integer > greatest_) return false;
  if (column) column->AppendInteger(integer);
  return true;
}

bool PlainCheck::PassesReal(const RawValue& value, ColumnBuffer* column) const {
  double real = 0;
  int64_t digits = value.has_digits() ? value.digits() : kExactInDouble;
  int scale = value.scale;
  if (IsCell(value.kind) && !ReadDigits(value.text(), &digits, &scale)) digits = kExactInDouble;
  if (digits < kExactInDouble && digits > -kExactInDouble) {
    real = static_cast<double>(digits) / kRealPowers[scale];
  } else {
    if (value.kind != RawKind::kNumber && !IsCell(value.kind)) return false;
    if (ParseReal(value.text(), plan_->type.bits, &real) != NumberOutcome::kFine) return false;
  }
  if (!(real >= least_real_ && real <= greatest_real_)) return false;
  if (column) column->AppendReal(real);
  return true;
}

bool PlainCheck::PassesDecimal(const RawValue& value, ColumnBuffer* column) const {
  Int128 decimal = 0;
  int64_t digits = value.has_digits() ? value.digits() : 0;
  int scale = value.scale;
  const bool is_read = IsCell(value.kind) && ReadDigits(value.text(), &digits, &scale);
  const int shift = is_read || value.has_digits() ? plan_->type.scale - scale : -1;
  if (shift >= 0 && shift <= 18) {
    decimal = Int128{digits} * kPowers[shift];
  } else {
    if (value.kind != RawKind::kNumber && !IsCell(value.kind)) return false;
    if (ParseDecimal(value.text(), plan_->type.precision, plan_->type.scale, &decimal) !=
        NumberOutcome::kFine) {
      return false;
    }
  }
  if (decimal < least_decimal_ || decimal > greatest_decimal_) return false;
  if (column) column->AppendDecimal(decimal);
  return true;
}

bool PlainCheck::PassesBoolean(const RawValue& value, ColumnBuffer* column) const {
  int truth = value.kind == RawKind::kTrue ? 1 : value.kind == RawKind::kFalse ? 0 : -1;
  if (IsCell(value.kind)) truth = BooleanOfCell(value.text());
  if (truth < 0) return false;
  if (column) column->AppendInteger(truth);
  return true;
}

bool PlainCheck::PassesTemporal(const RawValue& value, ColumnBuffer* column) {
  const bool counts = plan_->epoch != EpochUnit::kNone;
  if (value.kind != (counts ? RawKind::kNumber : RawKind::kString) && !IsCell(value.kind)) {
    return false;
  }
  int64_t instant = 0;
  if (ParseTemporal(value.text(), *plan_, &instant) != TemporalOutcome::kFine) return false;
  if (instant < least_ || instant > greatest_) return false;
  if (column) column->AppendInteger(instant);
  return true;
}

bool PlainCheck::PassesObject(const RawValue& value, const RawValue* values, ColumnBuffer* column) {
  if (value.kind != RawKind::kObject || value.count < least_ || value.count > greatest_) {
    return false;
  }
  if (children_.empty()) {  // stored as its JSON text
    if (column) column->AppendText(value.text());
    return true;
  }
  const RawValue* members = values + value.first;
  for (size_t i = 0; i < children_.size(); ++i) {
    ColumnBuffer* child = column ? &column->children()[i] : nullptr;
    if (children_[i].PassesAtOnce(members[i], child)) continue;
    if (!children_[i].Passes(members[i], values, child)) return false;
  }
  if (column) column->AppendNested();
  return true;
}

bool PlainCheck::PassesArray(const RawValue& value, const RawValue* values, ColumnBuffer* column) {
  if (value.kind != RawKind::kArray || value.count < least_ || value.count > greatest_) {
    return false;
  }
  if (children_.empty()) {  // stored as its JSON text
    if (column) column->AppendText(value.text());
    return true;
  }
  ColumnBuffer* items = column ? &column->children()[0] : nullptr;
  for (uint32_t i = value.first; i != kNoValue; i = values[i].next) {
    if (children_[0].PassesAtOnce(values[i], items)) continue;
    if (!children_[0].Passes(values[i], values, items)) return false;
  }
  if (column) column->AppendNested();
  return true;
}

}  // namespace lakegate
