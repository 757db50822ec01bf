#include "contract/check_plan.h"

namespace lakegate {

const char* Name(MetricKind kind) {
  switch (kind) {
    case MetricKind::kRowCount:
      return "rowCount";
    case MetricKind::kNullValues:
      return "nullValues";
    case MetricKind::kMissingValues:
      return "missingValues";
    case MetricKind::kInvalidValues:
      return "invalidValues";
    case MetricKind::kDuplicateValues:
      return "duplicateValues";
  }
  return "?";
}

const FieldPlan& FieldAt(const std::vector<FieldPlan>& fields, const FieldPath& path) {
  const FieldPlan* field = &fields[static_cast<size_t>(path[0])];
  for (size_t i = 1; i < path.size(); ++i) field = &field->children[static_cast<size_t>(path[i])];
  return *field;
}

std::optional<FieldPath> FindField(const std::vector<FieldPlan>& fields, std::string_view dotted) {
  for (size_t i = 0; i < fields.size(); ++i) {
    const FieldPlan& field = fields[i];
    FieldPath path = {static_cast<int>(i)};
    if (field.name == dotted) return path;
    const size_t size = field.name.size();
    const bool is_inside = field.type.kind == TypeKind::kObject && dotted.size() > size &&
                           dotted.starts_with(field.name) && dotted[size] == '.';
    if (!is_inside) continue;
    if (const auto rest = FindField(field.children, dotted.substr(size + 1))) {
      path.insert(path.end(), rest->begin(), rest->end());
      return path;
    }
  }
  return std::nullopt;
}

bool IsRepeated(const std::vector<FieldPlan>& fields, const FieldPath& path) {
  for (size_t size = 1; size < path.size(); ++size) {
    const FieldPlan& outer =
        FieldAt(fields, FieldPath(path.begin(), path.begin() + static_cast<long>(size)));
    if (outer.type.kind == TypeKind::kArray || outer.type.kind == TypeKind::kMap) return true;
  }
  return false;
}

Coverage CoverageOf(const CheckPlan& plan) {
  Coverage coverage;
  for (const RuleInfo& rule : plan.rules) {
    if (rule.implied) continue;
    ++coverage.promises;
    switch (rule.enforcement) {
      case Enforcement::kEnforced:
        ++coverage.enforced;
        break;
      case Enforcement::kInformational:
        ++coverage.informational;
        break;
      case Enforcement::kNotEnforceable:
        ++coverage.not_enforceable;
        break;
    }
  }
  return coverage;
}

}  // namespace lakegate
