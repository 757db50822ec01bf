#include "validate/make_column.h"

namespace lakegate {

ColumnBuffer MakeColumn(const FieldPlan& field) {
  if (IsNested(field.type.kind) && field.children.empty())
    return ColumnBuffer({TypeKind::kString}, {});
  std::vector<ColumnBuffer> children;
  for (const FieldPlan& child : field.children) children.push_back(MakeColumn(child));
  return ColumnBuffer(field.type, std::move(children));
}

}  // namespace lakegate
