// Values of a record by their path in the plan: members of objects, items of lists, parts of maps.
#pragma once

#include <span>

#include "contract/check_plan.h"
#include "read/raw_record.h"

namespace lakegate {

inline const RawValue& AbsentValue() {
  static const RawValue absent;
  return absent;
}

// The one value of a path through objects. A member of what is no object is absent.
inline const RawValue& ValueAt(const FieldPath& path, const RawRecord& record) {
  const RawValue* value = &record.values[static_cast<size_t>(path[0])];
  for (size_t i = 1; i < path.size(); ++i) {
    if (value->kind != RawKind::kObject || value->first == kNoValue) return AbsentValue();
    value = &record.values[value->first + static_cast<size_t>(path[i])];
  }
  return *value;
}

// Calls `visit` with every value below `value`, which `field` describes, at the rest of a path: an
// absent one where an object is absent, none where a list or map is.
template <typename Visit>
void VisitValues(const FieldPlan& field, const RawValue& value, std::span<const int> rest,
                 const RawRecord& record, const Visit& visit) {
  if (rest.empty()) return visit(value);
  const FieldPlan& child = field.children[static_cast<size_t>(rest[0])];
  switch (field.type.kind) {
    case TypeKind::kArray:
      if (value.kind != RawKind::kArray) return;
      for (uint32_t i = value.first; i != kNoValue; i = record.values[i].next) {
        VisitValues(child, record.values[i], rest.subspan(1), record, visit);
      }
      return;
    case TypeKind::kMap: {  // the child is {key, value}
      if (value.kind != RawKind::kObject) return;
      const auto part = static_cast<size_t>(rest[1]);
      for (uint32_t i = value.first; i != kNoValue;) {
        const RawValue& key = record.values[i];
        const RawValue& held = record.values[key.next];
        VisitValues(child.children[part], part == 0 ? key : held, rest.subspan(2), record, visit);
        i = held.next;
      }
      return;
    }
    default: {
      const bool is_there = value.kind == RawKind::kObject && value.first != kNoValue;
      const RawValue& member =
          is_there ? record.values[value.first + static_cast<size_t>(rest[0])] : AbsentValue();
      VisitValues(child, member, rest.subspan(1), record, visit);
    }
  }
}

template <typename Visit>
void VisitValues(const CheckPlan& plan, const FieldPath& path, const RawRecord& record,
                 const Visit& visit) {
  const auto first = static_cast<size_t>(path[0]);
  VisitValues(plan.fields[first], record.values[first], std::span(path).subspan(1), record, visit);
}

}  // namespace lakegate
