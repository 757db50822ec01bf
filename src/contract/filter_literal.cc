#include "contract/filter_literal.h"

#include <charconv>

#include "contract/exact_decimal.h"
#include "contract/plan_builder.h"

namespace lakegate {
namespace {

using Kind = FilterConstant::Kind;

const char* Name(Kind kind) {
  switch (kind) {
    case Kind::kText:
      return "a text";
    case Kind::kNumber:
      return "a number";
    case Kind::kBoolean:
      return "a boolean";
    case Kind::kNull:
      return "null";
    case Kind::kDate:
      return "a date";
    case Kind::kTimestamp:
      return "a timestamp";
    case Kind::kTime:
      return "a time";
  }
  return "?";
}

bool Fits(Kind kind, TypeKind column) {
  switch (column) {
    case TypeKind::kString:
      return kind == Kind::kText;
    case TypeKind::kInteger:
    case TypeKind::kDouble:
    case TypeKind::kDecimal:
      return kind == Kind::kNumber;
    case TypeKind::kBoolean:
      return kind == Kind::kBoolean;
    case TypeKind::kDate:
      return kind == Kind::kText || kind == Kind::kDate;
    case TypeKind::kTimestamp:
      return kind == Kind::kText || kind == Kind::kDate || kind == Kind::kTimestamp;
    case TypeKind::kTime:
      return kind == Kind::kText || kind == Kind::kTime;
    default:
      return false;
  }
}

std::string Hint(Kind kind, TypeKind column) {
  if (IsNested(column)) return "objects, arrays and maps can only be compared with IS [NOT] NULL";
  if (column == TypeKind::kString && kind == Kind::kNumber) return "write it in quotes: '...'";
  if (kind == Kind::kText && column == TypeKind::kBoolean) return "write TRUE or FALSE";
  if (kind == Kind::kText) return "write it without quotes";
  return "";
}

void SetNumber(const std::string& text, const ValueType& type, FilterLiteral* literal) {
  if (type.kind == TypeKind::kDouble) {
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), literal->scalar.real);
    if (error != std::errc::result_out_of_range) return;
    const auto exact = ExactDecimal::Parse(text);
    if (exact && exact->exponent > 0) literal->overflow = exact->negative ? -1 : 1;
    return;
  }
  const auto number = ExactDecimal::Parse(text);
  if (!number) return;  // the tokens are numbers
  const int scale = type.kind == TypeKind::kDecimal ? type.scale : 0;
  const auto scaled = number->ToScale(scale, Rounding::kDown);
  literal->scalar.decimal = scaled.value;
  literal->exact = scaled.exact;
  literal->overflow = scaled.overflow;
}

}  // namespace

std::variant<FilterLiteral, FilterError> LiteralFor(const FilterConstant& constant,
                                                    const FieldPlan& field) {
  const TypeKind column = field.type.kind;
  if (!Fits(constant.kind, column)) {
    return FilterError{constant.offset,
                       "'" + field.path + "' is of type " + lakegate::Name(field.type) +
                           " and cannot be compared with " + Name(constant.kind),
                       Hint(constant.kind, column)};
  }
  FilterLiteral literal;
  switch (column) {
    case TypeKind::kString:
      literal.text = constant.text;
      break;
    case TypeKind::kBoolean:
      literal.scalar.integer = constant.text == "true" ? 1 : 0;
      break;
    case TypeKind::kDate:
    case TypeKind::kTimestamp:
    case TypeKind::kTime: {
      const auto value = TemporalOf(constant.text, field);
      if (!value) {
        return FilterError{constant.offset,
                           "'" + constant.text + "' is no " + lakegate::Name(field.type),
                           "write it in ISO 8601, such as '2025-01-31', or in the property's "
                           "format"};
      }
      literal.scalar.integer = *value;
      break;
    }
    default:
      SetNumber(constant.text, field.type, &literal);
  }
  return literal;
}

std::optional<std::vector<LikeToken>> CompileLike(std::string_view pattern, char escape) {
  std::vector<LikeToken> tokens;
  const auto add_byte = [&](char c) {
    if (tokens.empty() || tokens.back().kind != LikeToken::Kind::kBytes) tokens.emplace_back();
    tokens.back().bytes.push_back(c);
  };
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (escape != 0 && pattern[i] == escape) {
      if (++i == pattern.size()) return std::nullopt;
      add_byte(pattern[i]);
    } else if (pattern[i] == '%') {
      if (tokens.empty() || tokens.back().kind != LikeToken::Kind::kAnyRun) {
        tokens.push_back({LikeToken::Kind::kAnyRun, ""});
      }
    } else if (pattern[i] == '_') {
      tokens.push_back({LikeToken::Kind::kAnyOne, ""});
    } else {
      add_byte(pattern[i]);
    }
  }
  return tokens;
}

}  // namespace lakegate
