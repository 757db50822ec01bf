#include "validate/explain.h"

#include "core/temporal_pattern.h"
#include "core/utf8.h"
#include "read/json_text.h"
#include "validate/number_text.h"
#include "validate/string_format.h"

namespace lakegate {
namespace {

constexpr size_t kMaxShownBytes = 200;
constexpr size_t kMaxShownChoices = 10;
constexpr size_t kMaxKeyBytes = 60;

std::string Article(const std::string& noun) {
  return (std::string("aeiou").find(noun[0]) != std::string::npos ? "an " : "a ") + noun;
}

// As many digits as the type holds, at most two before and two behind the point: 12.50.
std::string ExampleDecimal(const ValueType& type) {
  const int whole = type.precision - type.scale;
  std::string text = whole >= 2 ? "12" : whole == 1 ? "1" : "0";
  if (type.scale > 0) text += type.scale == 1 ? ".5" : ".50";
  return text;
}

std::string ExpectedType(const FieldPlan& field) {
  switch (field.type.kind) {
    case TypeKind::kString:
      return "a string";
    case TypeKind::kInteger:
      return Article(Name(field.type)) + " such as 42";
    case TypeKind::kDouble:
      return "a number such as 12.5";
    case TypeKind::kDecimal:
      return "a " + Name(field.type) + " such as " + ExampleDecimal(field.type);
    case TypeKind::kBoolean:
      return "a boolean: true or false";
    case TypeKind::kDate:
      if (field.temporal) return "a date like " + field.temporal->text();
      return "a date such as 2025-01-31";
    case TypeKind::kTimestamp:
      if (field.epoch != EpochUnit::kNone) return "a count of seconds, millis or micros since 1970";
      if (field.temporal) return "a timestamp like " + field.temporal->text();
      return "a timestamp such as 2025-01-31T12:00:00Z";
    case TypeKind::kTime:
      if (field.temporal) return "a time like " + field.temporal->text();
      return "a time such as 12:30:00";
    case TypeKind::kObject:
      return "an object {...}";
    case TypeKind::kArray:
      return "an array [...]";
    case TypeKind::kMap:
      return "an object {...} of keys and values";
  }
  return "?";
}

void AppendChoices(const Constraint& constraint, std::string* text) {
  const size_t shown = std::min(constraint.values.size(), kMaxShownChoices);
  for (size_t i = 0; i < shown; ++i) text->append(i ? ", " : "").append(constraint.values[i]);
  if (shown < constraint.values.size()) {
    *text += " and " + std::to_string(constraint.values.size() - shown) + " more";
  }
}

void AppendMessage(const Violation& violation, const CheckPlan& plan, std::string* text) {
  const FieldPlan& field = *violation.field;
  const Constraint* constraint = violation.constraint;
  switch (violation.code) {
    case ReasonCode::kTypeError:
      text->append("expected ").append(ExpectedType(field));
      if (violation.note) text->append("; ").append(violation.note);
      return;
    case ReasonCode::kMapKey:
      *text += violation.note;
      return;
    case ReasonCode::kOutOfRange:
      text->append("does not fit ").append(Article(Name(field.type)));
      return;
    case ReasonCode::kRequired:
      *text += violation.value.kind == RawKind::kAbsent ? "the field is absent, but required"
                                                        : "the field is null, but required";
      return;
    case ReasonCode::kEnum:
      *text += "expected one of: ";
      AppendChoices(*constraint, text);
      return;
    case ReasonCode::kFormat:
      text->append("expected the format ").append(Name(constraint->format));
      text->append(", such as ").append(Example(constraint->format));
      return;
    case ReasonCode::kPattern:
      text->append("expected a match of the pattern ").append(constraint->text);
      return;
    default:
      text->append("expected ").append(plan.rules[static_cast<size_t>(violation.rule)].promise);
  }
}

// "items[].sku" with the item numbers filled in, "prices{}" with the key: items[2].sku,
// prices{"EUR"}. The path of a key itself stays "prices{key}".
void AppendPath(const Violation& violation, std::string* text) {
  const std::string& path = violation.field->path;
  size_t item = 0;
  for (size_t i = 0; i < path.size(); ++i) {
    text->push_back(path[i]);
    const std::string_view pair = std::string_view(path).substr(i, 2);
    if (item == violation.items.size() || (pair != "[]" && pair != "{}")) continue;
    const ItemStep& step = violation.items[item++];
    if (pair == "[]") {
      *text += std::to_string(step.item);
    } else if (step.masked) {
      *text += "***";
    } else {
      AppendJsonString(CutUtf8(step.key, kMaxKeyBytes), text);
    }
  }
}

void AppendValue(const RawValue& value, const FieldPlan& field, std::string* shown) {
  if (value.kind == RawKind::kAbsent) return;
  if (value.kind == RawKind::kNull || field.masked) {
    *shown += value.kind == RawKind::kNull ? "null" : "\"***\"";
    return;
  }
  const std::string_view cut = CutUtf8(value.text(), kMaxShownBytes);
  const bool is_cut = cut.size() < value.text().size();
  const bool is_token = value.kind == RawKind::kNumber || value.kind == RawKind::kTrue ||
                        value.kind == RawKind::kFalse;
  // A number beyond what readers of JSON hold (1e400) would make the line unreadable.
  double real = 0;
  const bool readable =
      value.kind != RawKind::kNumber || ParseReal(value.text(), 64, &real) == NumberOutcome::kFine;
  if (is_token && !is_cut && readable) {
    *shown += cut;
  } else {
    AppendJsonString(cut, shown);
    if (is_cut) shown->insert(shown->size() - 1, "…");
  }
}

}  // namespace

std::string ShowValue(const RawValue& value, const FieldPlan& field) {
  std::string shown;
  AppendValue(value, field, &shown);
  return shown;
}

void Explain(const Violation& violation, const CheckPlan& plan, Reason* reason) {
  reason->rule = violation.rule;
  reason->code = violation.code;
  reason->field.clear();
  reason->value.clear();
  reason->message.clear();
  if (violation.code == ReasonCode::kAdditionalField) {
    reason->field = violation.value.text();
    reason->message = "the contract does not know this field";
    return;
  }
  AppendPath(violation, &reason->field);
  AppendValue(violation.value, *violation.field, &reason->value);
  AppendMessage(violation, plan, &reason->message);
}

}  // namespace lakegate
