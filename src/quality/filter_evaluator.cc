#include "quality/filter_evaluator.h"

#include <cmath>

#include "quality/field_values.h"
#include "validate/field_checker.h"
#include "validate/number_text.h"
#include "validate/temporal_text.h"

namespace lakegate {
namespace {

template <typename T>
int Sign(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

// A value of a plain column; integers and decimals are in `scalar.decimal`.
struct TypedValue {
  std::string_view text;
  Scalar scalar;
};

bool IsCell(RawKind kind) { return kind == RawKind::kCell || kind == RawKind::kQuotedCell; }

bool LoadNumber(const FieldPlan& field, const RawValue& value, Scalar* scalar) {
  if (value.kind != RawKind::kNumber && !IsCell(value.kind)) return false;
  const ValueType& type = field.type;
  if (type.kind == TypeKind::kDouble) {
    if (ParseReal(value.text(), type.bits, &scalar->real) != NumberOutcome::kFine) return false;
    if (type.bits == 32) scalar->real = static_cast<float>(scalar->real);
    return true;
  }
  if (type.kind == TypeKind::kDecimal) {
    return ParseDecimal(value.text(), type.precision, type.scale, &scalar->decimal) ==
           NumberOutcome::kFine;
  }
  const NumberSyntax syntax =
      value.kind == RawKind::kNumber ? NumberSyntax::kJson : NumberSyntax::kText;
  int64_t integer = 0;
  if (ParseInteger(value.text(), type, syntax, &integer) != NumberOutcome::kFine) return false;
  scalar->decimal = type.is_signed ? Int128{integer} : Int128{static_cast<uint64_t>(integer)};
  return true;
}

// False: null, or not of the column's type.
bool Load(const FieldPlan& field, const RawValue& value, TypedValue* typed) {
  if (value.kind == RawKind::kAbsent || value.kind == RawKind::kNull) return false;
  switch (field.type.kind) {
    case TypeKind::kString:
      typed->text = value.text();
      return value.kind == RawKind::kString || IsCell(value.kind);
    case TypeKind::kInteger:
    case TypeKind::kDouble:
    case TypeKind::kDecimal:
      return LoadNumber(field, value, &typed->scalar);
    case TypeKind::kBoolean: {
      int truth = value.kind == RawKind::kTrue ? 1 : value.kind == RawKind::kFalse ? 0 : -1;
      if (IsCell(value.kind)) truth = BooleanOfCell(value.text());
      typed->scalar.integer = truth;
      return truth >= 0;
    }
    case TypeKind::kDate:
    case TypeKind::kTimestamp:
    case TypeKind::kTime: {
      const RawKind wanted = field.epoch == EpochUnit::kNone ? RawKind::kString : RawKind::kNumber;
      if (value.kind != wanted && !IsCell(value.kind)) return false;
      return ParseTemporal(value.text(), field, &typed->scalar.integer) == TemporalOutcome::kFine;
    }
    default:
      return false;
  }
}

int Order(const FieldPlan& field, const TypedValue& value, const FilterLiteral& literal) {
  switch (field.type.kind) {
    case TypeKind::kString: {
      const int order = value.text.compare(literal.text);
      return order < 0 ? -1 : order > 0 ? 1 : 0;
    }
    case TypeKind::kInteger:
    case TypeKind::kDecimal: {
      if (literal.overflow != 0) return -literal.overflow;
      const int order = Sign(value.scalar.decimal, literal.scalar.decimal);
      return order == 0 && !literal.exact ? -1 : order;
    }
    case TypeKind::kDouble:
      if (literal.overflow != 0) return -literal.overflow;
      return Sign(value.scalar.real, literal.scalar.real);
    default:
      return Sign(value.scalar.integer, literal.scalar.integer);
  }
}

Int128 PowerOfTen(int exponent) {
  Int128 power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

int ScaleOf(const FieldPlan& field) {
  return field.type.kind == TypeKind::kDecimal ? field.type.scale : 0;
}

double AsReal(const FieldPlan& field, const Scalar& scalar) {
  if (field.type.kind == TypeKind::kDouble) return scalar.real;
  return static_cast<double>(scalar.decimal) / static_cast<double>(PowerOfTen(ScaleOf(field)));
}

// Exact: the finer one is cut to the scale of the other, and the rest decides.
int OrderOfDecimals(Int128 a, int scale_a, Int128 b, int scale_b) {
  if (scale_a > scale_b) return -OrderOfDecimals(b, scale_b, a, scale_a);
  const Int128 power = PowerOfTen(scale_b - scale_a);
  Int128 whole = b / power;
  Int128 rest = b % power;
  if (rest < 0) {
    --whole;
    rest += power;
  }
  const int order = Sign(a, whole);
  return order == 0 && rest > 0 ? -1 : order;
}

int OrderOfFields(const FieldPlan& a, const TypedValue& x, const FieldPlan& b,
                  const TypedValue& y) {
  const bool real = a.type.kind == TypeKind::kDouble || b.type.kind == TypeKind::kDouble;
  if (real) return Sign(AsReal(a, x.scalar), AsReal(b, y.scalar));
  switch (a.type.kind) {
    case TypeKind::kString: {
      const int order = x.text.compare(y.text);
      return order < 0 ? -1 : order > 0 ? 1 : 0;
    }
    case TypeKind::kInteger:
    case TypeKind::kDecimal:
      return OrderOfDecimals(x.scalar.decimal, ScaleOf(a), y.scalar.decimal, ScaleOf(b));
    default:
      return Sign(x.scalar.integer, y.scalar.integer);
  }
}

Truth Holds(Comparison comparison, int order) {
  bool holds = false;
  switch (comparison) {
    case Comparison::kEqual:
      holds = order == 0;
      break;
    case Comparison::kNotEqual:
      holds = order != 0;
      break;
    case Comparison::kLess:
      holds = order < 0;
      break;
    case Comparison::kLessOrEqual:
      holds = order <= 0;
      break;
    case Comparison::kGreater:
      holds = order > 0;
      break;
    case Comparison::kGreaterOrEqual:
      holds = order >= 0;
      break;
  }
  return holds ? Truth::kTrue : Truth::kFalse;
}

// Bytes of the UTF-8 character at `at`.
size_t CharacterBytes(std::string_view text, size_t at) {
  size_t size = 1;
  while (at + size < text.size() && (static_cast<unsigned char>(text[at + size]) & 0xC0) == 0x80) {
    ++size;
  }
  return size;
}

}  // namespace

bool IsLike(std::string_view text, const std::vector<LikeToken>& pattern) {
  size_t at = 0, token = 0;
  size_t run = pattern.size(), run_at = 0;  // the last %, and where its run ends for now
  while (true) {
    if (token < pattern.size()) {
      const LikeToken& next = pattern[token];
      if (next.kind == LikeToken::Kind::kAnyRun) {
        run = token++;
        run_at = at;
        continue;
      }
      if (next.kind == LikeToken::Kind::kAnyOne && at < text.size()) {
        at += CharacterBytes(text, at);
        ++token;
        continue;
      }
      if (next.kind == LikeToken::Kind::kBytes && text.substr(at).starts_with(next.bytes)) {
        at += next.bytes.size();
        ++token;
        continue;
      }
    } else if (at == text.size()) {
      return true;
    }
    if (run == pattern.size() || run_at >= text.size()) return false;
    run_at += CharacterBytes(text, run_at);
    at = run_at;
    token = run + 1;
  }
}

Truth FilterEvaluator::Evaluate(const FilterNode& node, const RawRecord& record) const {
  switch (node.kind) {
    case FilterNode::Kind::kAnd:
      return Chain(node, record, Truth::kFalse);
    case FilterNode::Kind::kOr:
      return Chain(node, record, Truth::kTrue);
    case FilterNode::Kind::kNot: {
      const Truth inside = Evaluate(filter_.nodes[static_cast<size_t>(node.children[0])], record);
      if (inside == Truth::kUnknown) return inside;
      return inside == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
    }
    case FilterNode::Kind::kCompare:
      return Compare(node, record);
    case FilterNode::Kind::kCompareFields:
      return CompareFields(node, record);
    case FilterNode::Kind::kIn:
      return In(node, record);
    case FilterNode::Kind::kLike:
      return Like(node, record);
    case FilterNode::Kind::kIsNull: {
      const FieldPlan& field = FieldAt(plan_.fields, node.field);
      const RawValue& value = ValueAt(node.field, record);
      TypedValue typed;
      const bool is_null = IsNested(field.type.kind)
                               ? value.kind == RawKind::kAbsent || value.kind == RawKind::kNull
                               : !Load(field, value, &typed);
      return is_null ? Truth::kTrue : Truth::kFalse;
    }
    case FilterNode::Kind::kUnknown:
      break;
  }
  return Truth::kUnknown;
}

Truth FilterEvaluator::Chain(const FilterNode& node, const RawRecord& record,
                             Truth decisive) const {
  Truth result = decisive == Truth::kTrue ? Truth::kFalse : Truth::kTrue;
  for (const int child : node.children) {
    const Truth truth = Evaluate(filter_.nodes[static_cast<size_t>(child)], record);
    if (truth == decisive) return decisive;
    if (truth == Truth::kUnknown) result = Truth::kUnknown;
  }
  return result;
}

Truth FilterEvaluator::Compare(const FilterNode& node, const RawRecord& record) const {
  const FieldPlan& field = FieldAt(plan_.fields, node.field);
  TypedValue value;
  if (!Load(field, ValueAt(node.field, record), &value)) return Truth::kUnknown;
  return Holds(node.comparison, Order(field, value, node.literals[0]));
}

Truth FilterEvaluator::CompareFields(const FilterNode& node, const RawRecord& record) const {
  const FieldPlan& a = FieldAt(plan_.fields, node.field);
  const FieldPlan& b = FieldAt(plan_.fields, node.other);
  TypedValue x, y;
  if (!Load(a, ValueAt(node.field, record), &x)) return Truth::kUnknown;
  if (!Load(b, ValueAt(node.other, record), &y)) return Truth::kUnknown;
  return Holds(node.comparison, OrderOfFields(a, x, b, y));
}

Truth FilterEvaluator::In(const FilterNode& node, const RawRecord& record) const {
  const FieldPlan& field = FieldAt(plan_.fields, node.field);
  TypedValue value;
  if (!Load(field, ValueAt(node.field, record), &value)) return Truth::kUnknown;
  for (const FilterLiteral& literal : node.literals) {
    if (Order(field, value, literal) == 0) return Truth::kTrue;
  }
  return node.list_has_null ? Truth::kUnknown : Truth::kFalse;
}

Truth FilterEvaluator::Like(const FilterNode& node, const RawRecord& record) const {
  TypedValue value;
  const FieldPlan& field = FieldAt(plan_.fields, node.field);
  if (!Load(field, ValueAt(node.field, record), &value)) return Truth::kUnknown;
  return IsLike(value.text, node.pattern) ? Truth::kTrue : Truth::kFalse;
}

}  // namespace lakegate
