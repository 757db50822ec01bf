// logicalTypeOptions and enum as constraints, with bounds in the column's own units.
#include <charconv>
#include <numeric>

#include "contract/exact_decimal.h"
#include "contract/plan_builder.h"

namespace lakegate {
namespace {

constexpr int64_t kUsPerSecond = 1'000'000;
constexpr int64_t kUsPerDay = 86'400 * kUsPerSecond;

bool IsTemporal(TypeKind kind) {
  return kind == TypeKind::kDate || kind == TypeKind::kTimestamp || kind == TypeKind::kTime;
}

Int128 PowerOfTen(int exponent) {
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

void SetScalar(const ValueType& type, Int128 value, Scalar& scalar) {
  if (type.kind == TypeKind::kDecimal) {
    scalar.decimal = value;
  } else {
    scalar.integer = static_cast<int64_t>(static_cast<uint64_t>(value));
  }
}

enum class Side : uint8_t { kLower, kUpper };
enum class BoundFit : uint8_t { kCheck, kAlwaysTrue, kNever };

// Integer and decimal columns. A bound between two values of the column moves inwards.
BoundFit FitExact(const Bound& bound, Side side, const ValueType& type, Constraint& out) {
  const bool is_lower = side == Side::kLower;
  const auto number = ExactDecimal::Parse(bound.text);
  if (!number) return BoundFit::kAlwaysTrue;
  const int scale = type.kind == TypeKind::kDecimal ? type.scale : 0;
  const auto scaled = number->ToScale(scale, is_lower ? Rounding::kUp : Rounding::kDown);
  out.exclusive = bound.exclusive && scaled.exact;
  const auto [least, most] = RangeOf(type);
  if (scaled.overflow != 0) {
    return (scaled.overflow < 0) == is_lower ? BoundFit::kAlwaysTrue : BoundFit::kNever;
  }
  const Int128 value = scaled.value;
  SetScalar(type, value, out.bound);
  if (is_lower) {
    if (value > most || (value == most && out.exclusive)) return BoundFit::kNever;
    if (value < least || (value == least && !out.exclusive)) return BoundFit::kAlwaysTrue;
  } else {
    if (value < least || (value == least && out.exclusive)) return BoundFit::kNever;
    if (value > most || (value == most && !out.exclusive)) return BoundFit::kAlwaysTrue;
  }
  return BoundFit::kCheck;
}

BoundFit FitDouble(const Bound& bound, Side side, Constraint& out) {
  const bool is_lower = side == Side::kLower;
  std::string_view text = bound.text;
  if (text.starts_with('+')) text.remove_prefix(1);
  out.exclusive = bound.exclusive;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.bound.real);
  if (error != std::errc::result_out_of_range) return BoundFit::kCheck;
  const auto exact = ExactDecimal::Parse(text);
  if (!exact || exact->exponent < 0) {
    out.bound.real = 0;  // too close to zero for a double
    return BoundFit::kCheck;
  }
  return exact->negative == is_lower ? BoundFit::kAlwaysTrue : BoundFit::kNever;
}

BoundFit FitBound(const Bound& bound, Side side, const FieldPlan& field, PlanBuilder& builder,
                  Constraint& out) {
  if (field.type.kind == TypeKind::kDouble) return FitDouble(bound, side, out);
  if (!IsTemporal(field.type.kind)) return FitExact(bound, side, field.type, out);
  out.exclusive = bound.exclusive;
  const auto value = TemporalOf(bound.text, field);
  if (value) {
    out.bound.integer = *value;
    return BoundFit::kCheck;
  }
  builder.diagnostics.Error(bound.position, "bad-bound",
                            bound.keyword + " of '" + field.path + "' is no " + Name(field.type) +
                                ": '" + bound.text + "'",
                            "write it in ISO 8601 or in the property's format");
  return BoundFit::kAlwaysTrue;
}

void CompileBounds(const Property& property, const std::vector<Bound>& bounds, Side side,
                   FieldPlan& field, PlanBuilder& builder) {
  const bool is_lower = side == Side::kLower;
  for (const Bound& bound : bounds) {
    const char* sign =
        is_lower ? (bound.exclusive ? " > " : " >= ") : (bound.exclusive ? " < " : " <= ");
    Constraint constraint{is_lower ? ConstraintKind::kMinimum : ConstraintKind::kMaximum};
    constraint.rule = builder.AddRule(builder.RecordRule(
        property, bound.keyword, is_lower ? ReasonCode::kMinimum : ReasonCode::kMaximum,
        property.path + sign + bound.text, bound.position));
    const BoundFit fit = FitBound(bound, side, field, builder, constraint);
    constraint.never = fit == BoundFit::kNever;
    if (fit != BoundFit::kAlwaysTrue) field.constraints.push_back(std::move(constraint));
  }
}

void LintTemporalRange(const Property& property, const FieldPlan& field, PlanBuilder& builder) {
  if (!IsTemporal(field.type.kind)) return;
  for (const Constraint& low : field.constraints) {
    for (const Constraint& high : field.constraints) {
      if (low.kind != ConstraintKind::kMinimum || high.kind != ConstraintKind::kMaximum) continue;
      const bool fits = low.exclusive || high.exclusive ? low.bound.integer < high.bound.integer
                                                        : low.bound.integer <= high.bound.integer;
      if (fits) continue;
      builder.diagnostics.Error(
          builder.plan.rules[static_cast<size_t>(low.rule)].position, "empty-range",
          "the bounds of '" + property.path + "' leave no value", "no value can satisfy both");
    }
  }
}

// multipleOf m: the column's unit values are multiples of the numerator of m * 10^scale, reduced.
Int128 MultipleInUnits(const ExactDecimal& number, int scale) {
  const auto whole = number.ToScale(scale, Rounding::kDown);
  if (whole.overflow != 0) return PowerOfTen(38) - 1;  // only 0 is a multiple
  if (whole.exact) return whole.value;
  ExactDecimal digits = number;
  const int64_t fraction_digits = -(number.exponent + scale);
  digits.exponent = 0;
  const auto numerator = digits.ToScale(0, Rounding::kDown);
  if (numerator.overflow != 0) return PowerOfTen(38) - 1;
  // Reduce by 2s and 5s: the denominator is a power of ten.
  Int128 reduced = numerator.value;
  for (const int prime : {2, 5}) {
    for (int64_t i = 0; i < fraction_digits && reduced % prime == 0; ++i) reduced /= prime;
  }
  return reduced;
}

void CompileMultipleOf(const Property& property, FieldPlan& field, PlanBuilder& builder) {
  if (!property.options.multiple_of) return;
  const Written<std::string>& written = *property.options.multiple_of;
  const auto number = ExactDecimal::Parse(written.value);
  if (!number || number->is_zero() || number->negative) return;  // lint said so
  Constraint constraint{ConstraintKind::kMultipleOf};
  constraint.rule = builder.AddRule(
      builder.RecordRule(property, "multipleOf", ReasonCode::kMultipleOf,
                         property.path + " is a multiple of " + written.value, written.position));
  if (field.type.kind == TypeKind::kDouble) {
    std::from_chars(written.value.data(), written.value.data() + written.value.size(),
                    constraint.bound.real);
  } else {
    const int scale = field.type.kind == TypeKind::kDecimal ? field.type.scale : 0;
    Int128 multiple = MultipleInUnits(*number, scale);
    if (multiple == 1) return;  // every value of the column is one
    const auto [least, most] = RangeOf(field.type);
    if (multiple == -least) {  // -128 of an i8: the bound itself has no positive counterpart
      SetScalar(field.type, least, constraint.bound);
    } else if (multiple > most) {
      constraint.only_zero = true;
    } else {
      SetScalar(field.type, multiple, constraint.bound);
    }
  }
  field.constraints.push_back(std::move(constraint));
}

void CompileLimit(const Property& property, const char* keyword, ConstraintKind kind,
                  ReasonCode code, const std::optional<Written<int64_t>>& limit,
                  const std::string& promise, FieldPlan& field, PlanBuilder& builder) {
  if (!limit) return;
  Constraint constraint{kind};
  constraint.limit = limit->value;
  constraint.rule = builder.AddRule(builder.RecordRule(
      property, keyword, code,
      property.path + " has " + promise + " " + std::to_string(limit->value), limit->position));
  field.constraints.push_back(std::move(constraint));
}

void CompileLimits(const Property& property, FieldPlan& field, PlanBuilder& builder) {
  const TypeOptions& options = property.options;
  const auto limit = [&](const char* keyword, ConstraintKind kind, ReasonCode code,
                         const std::optional<Written<int64_t>>& count, const char* promise) {
    CompileLimit(property, keyword, kind, code, count, promise, field, builder);
  };
  limit("minLength", ConstraintKind::kMinLength, ReasonCode::kMinLength, options.min_length,
        "a length of at least");
  limit("maxLength", ConstraintKind::kMaxLength, ReasonCode::kMaxLength, options.max_length,
        "a length of at most");
  limit("minItems", ConstraintKind::kMinItems, ReasonCode::kMinItems, options.min_items,
        "a number of items of at least");
  limit("maxItems", ConstraintKind::kMaxItems, ReasonCode::kMaxItems, options.max_items,
        "a number of items of at most");
  limit("minProperties", ConstraintKind::kMinProperties, ReasonCode::kMinProperties,
        options.min_properties, "a number of members of at least");
  limit("maxProperties", ConstraintKind::kMaxProperties, ReasonCode::kMaxProperties,
        options.max_properties, "a number of members of at most");
  if (options.unique_items && options.unique_items->value) {
    Constraint constraint{ConstraintKind::kUniqueItems};
    constraint.rule = builder.AddRule(
        builder.RecordRule(property, "uniqueItems", ReasonCode::kUniqueItems,
                           property.path + " has no item twice", options.unique_items->position));
    field.constraints.push_back(std::move(constraint));
  }
  limit("dimensions", ConstraintKind::kDimensions, ReasonCode::kDimensions, options.dimensions,
        "a number of elements of exactly");
}

// Quantised elements have no length to speak of.
void CompileNormalized(const Property& property, FieldPlan& field, PlanBuilder& builder) {
  if (!property.options.normalized || !property.options.normalized->value) return;
  RuleInfo rule = builder.RecordRule(property, "normalized", ReasonCode::kNormalized,
                                     property.path + " has the length 1, within 1 %",
                                     property.options.normalized->position);
  const auto& element = property.options.element_type;
  if (element &&
      (element->value == "int8" || element->value == "uint8" || element->value == "binary")) {
    builder.AddNotEnforceable(std::move(rule), "elements of type " + element->value +
                                                   " are quantised: their length is not 1");
    return;
  }
  Constraint constraint{ConstraintKind::kNormalized};
  constraint.rule = builder.AddRule(std::move(rule));
  field.constraints.push_back(std::move(constraint));
}

void CompileText(const Property& property, FieldPlan& field, PlanBuilder& builder) {
  const TypeOptions& options = property.options;
  if (options.pattern) {
    Constraint constraint{ConstraintKind::kPattern};
    constraint.text = options.pattern->value;
    constraint.rule = builder.AddRule(builder.RecordRule(
        property, "pattern", ReasonCode::kPattern,
        property.path + " matches " + options.pattern->value, options.pattern->position));
    field.constraints.push_back(std::move(constraint));
  }
  if (!options.format || field.type.kind != TypeKind::kString) return;
  RuleInfo rule = builder.RecordRule(property, "format", ReasonCode::kFormat,
                                     property.path + " has the format " + options.format->value,
                                     options.format->position);
  constexpr std::pair<std::string_view, StringFormat> kFormats[] = {
      {"uuid", StringFormat::kUuid},         {"email", StringFormat::kEmail},
      {"ipv4", StringFormat::kIpv4},         {"ipv6", StringFormat::kIpv6},
      {"uri", StringFormat::kUri},           {"hostname", StringFormat::kHostname},
      {"date-time", StringFormat::kDateTime}};
  for (const auto& [name, format] : kFormats) {
    if (options.format->value != name) continue;
    Constraint constraint{ConstraintKind::kFormat};
    constraint.format = format;
    constraint.rule = builder.AddRule(std::move(rule));
    field.constraints.push_back(std::move(constraint));
    return;
  }
  builder.AddNotEnforceable(std::move(rule),
                            "the format '" + options.format->value +
                                "' says nothing that can be checked; enforced are uuid, email, "
                                "ipv4, ipv6, uri, hostname, date-time");
}

// One allowed value in the column's units; nothing if the type cannot hold it.
std::optional<Scalar> ScalarOf(const YamlNode& node, const FieldPlan& field) {
  Scalar scalar;
  switch (field.type.kind) {
    case TypeKind::kBoolean:
      if (node.kind != YamlKind::kBoolean) return std::nullopt;
      scalar.integer = BooleanOf(node) ? 1 : 0;
      return scalar;
    case TypeKind::kInteger:
    case TypeKind::kDecimal: {
      const auto number = ExactDecimal::Parse(node.text);
      if (!number) return std::nullopt;
      const int scale = field.type.kind == TypeKind::kDecimal ? field.type.scale : 0;
      const auto scaled = number->ToScale(scale, Rounding::kDown);
      const auto [least, most] = RangeOf(field.type);
      if (!scaled.exact || scaled.overflow != 0 || scaled.value < least || scaled.value > most) {
        return std::nullopt;
      }
      SetScalar(field.type, scaled.value, scalar);
      return scalar;
    }
    case TypeKind::kDouble: {
      const auto number = NumberOf(node);
      if (!number) return std::nullopt;
      scalar.real = *number;
      return scalar;
    }
    default: {
      const auto value = TemporalOf(node.text, field);
      if (!value) return std::nullopt;
      scalar.integer = *value;
      return scalar;
    }
  }
}

void CompileEnum(const Property& property, FieldPlan& field, PlanBuilder& builder) {
  if (!property.allowed_values) return;
  std::string list;
  for (const YamlNode& node : property.allowed_values->value) {
    list += (list.empty() ? "" : ", ") + node.text;
  }
  RuleInfo rule =
      builder.RecordRule(property, "enum", ReasonCode::kEnum, property.path + " is one of " + list,
                         property.allowed_values->position);
  if (IsNested(field.type.kind)) {
    builder.AddNotEnforceable(std::move(rule),
                              "an enum of objects, arrays or maps cannot be checked");
    return;
  }
  Constraint constraint{ConstraintKind::kEnum};
  for (const YamlNode& node : property.allowed_values->value) {
    if (field.type.kind == TypeKind::kString) {
      constraint.values.push_back(node.text);
    } else if (const auto scalar = ScalarOf(node, field)) {
      constraint.scalars.push_back(*scalar);
    } else {
      builder.diagnostics.Error(
          {builder.contract.file, node.mark.line, node.mark.column}, "enum-value",
          "'" + node.text + "' in the enum of '" + property.path + "' is no " + Name(field.type));
    }
  }
  constraint.rule = builder.AddRule(std::move(rule));
  field.constraints.push_back(std::move(constraint));
}

}  // namespace

std::optional<int64_t> TemporalOf(std::string_view text, const FieldPlan& field) {
  std::optional<TemporalValue> value;
  if (field.temporal != nullptr) value = field.temporal->Parse(text);
  if (!value) {
    value = field.type.kind == TypeKind::kDate   ? ParseIsoDate(text)
            : field.type.kind == TypeKind::kTime ? ParseIsoTime(text)
                                                 : ParseIsoTimestamp(text);
  }
  if (!value) return std::nullopt;
  if (field.type.kind == TypeKind::kDate) return value->days;
  if (field.type.kind == TypeKind::kTime) return value->us_of_day;
  const int64_t local_us = value->days * kUsPerDay + value->us_of_day;
  std::optional<int32_t> offset_s = value->offset_s;
  if (!offset_s && field.zone) {
    offset_s = field.zone->OffsetOfLocal(value->days * 86'400 + value->us_of_day / kUsPerSecond);
    if (!offset_s) return std::nullopt;
  }
  return local_us - int64_t{offset_s.value_or(field.default_offset_s)} * kUsPerSecond;
}

std::pair<Int128, Int128> RangeOf(const ValueType& type) {
  if (type.kind == TypeKind::kDecimal) {
    const Int128 most = PowerOfTen(type.precision) - 1;
    return {-most, most};
  }
  const Int128 span = Int128{1} << (type.is_signed ? type.bits - 1 : type.bits);
  return {type.is_signed ? -span : Int128{0}, span - 1};
}

void CompileConstraints(const Property& property, FieldPlan& field, PlanBuilder& builder) {
  CompileLimits(property, field, builder);
  CompileNormalized(property, field, builder);
  CompileText(property, field, builder);
  CompileBounds(property, property.options.lower, Side::kLower, field, builder);
  CompileBounds(property, property.options.upper, Side::kUpper, field, builder);
  LintTemporalRange(property, field, builder);
  CompileMultipleOf(property, field, builder);
  CompileEnum(property, field, builder);
}

}  // namespace lakegate
