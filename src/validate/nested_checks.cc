// FieldChecker: objects, lists, vectors and maps.
#include <algorithm>
#include <cmath>

#include "validate/field_checker.h"
#include "validate/number_text.h"

namespace lakegate {

void FieldChecker::CheckObject(const RawValue& value, ColumnBuffer* column) {
  if (value.kind != RawKind::kObject) {
    return TypeError(value, ReasonCode::kTypeError, nullptr, column);
  }
  for (const Constraint& constraint : field_.constraints) {
    if (constraint.kind == ConstraintKind::kMinProperties && value.count < constraint.limit) {
      Violated(constraint, ReasonCode::kMinProperties, value);
    }
    if (constraint.kind == ConstraintKind::kMaxProperties && value.count > constraint.limit) {
      Violated(constraint, ReasonCode::kMaxProperties, value);
    }
  }
  if (children_.empty()) {  // stored as its JSON text
    if (column) column->AppendText(value.text());
    return;
  }
  for (size_t i = 0; i < children_.size(); ++i) {
    children_[i]->items_ = items_;
    children_[i]->Check(record_->values[value.first + i], *record_,
                        column ? &column->children()[i] : nullptr, violations_);
  }
  if (column) column->AppendNested();
}

void FieldChecker::CheckArray(const RawValue& value, ColumnBuffer* column) {
  if (value.kind != RawKind::kArray) {
    return TypeError(value, ReasonCode::kTypeError, nullptr, column);
  }
  CheckItems(value);
  if (children_.empty()) {  // stored as its JSON text
    if (column) column->AppendText(value.text());
    return;
  }
  FieldChecker& item = *children_[0];
  item.items_ = items_;
  items_->push_back({});
  for (uint32_t i = value.first; i != kNoValue; i = record_->values[i].next) {
    item.Check(record_->values[i], *record_, column ? &column->children()[0] : nullptr,
               violations_);
    ++items_->back().item;
  }
  items_->pop_back();
  if (column) column->AppendNested();
}

void FieldChecker::CheckItems(const RawValue& value) {
  for (const Constraint& constraint : field_.constraints) {
    switch (constraint.kind) {
      case ConstraintKind::kMinItems:
        if (value.count < constraint.limit) Violated(constraint, ReasonCode::kMinItems, value);
        break;
      case ConstraintKind::kMaxItems:
        if (value.count > constraint.limit) Violated(constraint, ReasonCode::kMaxItems, value);
        break;
      case ConstraintKind::kUniqueItems:
        CheckUniqueItems(value, constraint);
        break;
      case ConstraintKind::kDimensions:
        if (value.count != constraint.limit) Violated(constraint, ReasonCode::kDimensions, value);
        break;
      case ConstraintKind::kNormalized:
        CheckNormalized(value, constraint);
        break;
      default:
        break;
    }
  }
}

// Numbers compare by value, everything else by its source text: objects with another order of
// keys count as different.
void FieldChecker::CheckUniqueItems(const RawValue& value, const Constraint& constraint) {
  std::vector<std::pair<RawKind, std::string>> seen;
  for (uint32_t i = value.first; i != kNoValue; i = record_->values[i].next) {
    const RawValue& item = record_->values[i];
    seen.emplace_back(item.kind, item.kind == RawKind::kNumber ? CanonicalNumber(item.text())
                                                               : std::string(item.text()));
  }
  std::sort(seen.begin(), seen.end());
  if (std::adjacent_find(seen.begin(), seen.end()) != seen.end()) {
    Violated(constraint, ReasonCode::kUniqueItems, value);
  }
}

// Elements that are no numbers have their own reasons.
void FieldChecker::CheckNormalized(const RawValue& value, const Constraint& constraint) {
  constexpr double kTolerance = 0.01;  // bfloat16 keeps 8 bits of each element
  double sum = 0;
  for (uint32_t i = value.first; i != kNoValue; i = record_->values[i].next) {
    const RawValue& item = record_->values[i];
    double real = 0;
    if (item.kind != RawKind::kNumber) return;
    if (ParseReal(item.text(), 64, &real) != NumberOutcome::kFine) return;
    sum += real * real;
  }
  if (!(std::abs(std::sqrt(sum) - 1) <= kTolerance)) {
    Violated(constraint, ReasonCode::kNormalized, value);
  }
}

void FieldChecker::CheckMap(const RawValue& value, ColumnBuffer* column) {
  if (value.kind != RawKind::kObject) {
    return TypeError(value, ReasonCode::kTypeError, nullptr, column);
  }
  FieldChecker& entry = *children_[0];
  FieldChecker& key = *entry.children_[0];
  FieldChecker& content = *entry.children_[1];
  ColumnBuffer* entries = column ? &column->children()[0] : nullptr;
  key.items_ = content.items_ = items_;
  map_keys_.clear();
  items_->push_back({});
  items_->back().masked = key.field_.masked;
  for (uint32_t i = value.first; i != kNoValue;) {
    const RawValue& name = record_->values[i];
    items_->back().key = name.text();
    const size_t violations_before = violations_->size();
    key.Check(name, *record_, entries ? &entries->children()[0] : nullptr, violations_);
    if (violations_->size() == violations_before) map_keys_.push_back({key.last_, name});
    const RawValue& held = record_->values[name.next];
    content.Check(held, *record_, entries ? &entries->children()[1] : nullptr, violations_);
    if (entries) entries->AppendNested();
    i = held.next;
  }
  items_->pop_back();
  // Equal texts are refused by the reader; 1 and 01 are equal numbers only here.
  if (key.field_.type.kind != TypeKind::kString) CheckMapKeys(key.field_.type);
  if (column) column->AppendNested();
}

void FieldChecker::CheckMapKeys(const ValueType& type) {
  std::stable_sort(map_keys_.begin(), map_keys_.end(), [&](const MapKey& a, const MapKey& b) {
    return Compare(type, a.scalar, b.scalar) < 0;
  });
  for (size_t i = 1; i < map_keys_.size(); ++i) {
    if (Compare(type, map_keys_[i - 1].scalar, map_keys_[i].scalar) != 0) continue;
    const FieldPlan& key = children_[0]->field_.children[0];
    violations_->push_back({key.type_rule, ReasonCode::kMapKey, &key, nullptr, map_keys_[i].text,
                            *items_, "another key of this map is the same value"});
  }
}

}  // namespace lakegate
