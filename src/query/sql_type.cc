#include "query/sql_type.h"

#include "core/sql_quote.h"

namespace lakegate {
namespace {

std::string IntegerType(const ValueType& type) {
  const std::string sign = type.is_signed ? "" : "U";
  switch (type.bits) {
    case 8:
      return sign + "TINYINT";
    case 16:
      return sign + "SMALLINT";
    case 32:
      return sign + "INTEGER";
    default:
      return sign + "BIGINT";
  }
}

}  // namespace

std::string SqlTypeOf(const ValueType& type) {
  switch (type.kind) {
    case TypeKind::kInteger:
      return IntegerType(type);
    case TypeKind::kDouble:
      return type.bits == 32 ? "FLOAT" : "DOUBLE";
    case TypeKind::kDecimal:
      return "DECIMAL(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    case TypeKind::kBoolean:
      return "BOOLEAN";
    case TypeKind::kDate:
      return "DATE";
    case TypeKind::kTimestamp:
      return "TIMESTAMP WITH TIME ZONE";
    case TypeKind::kTime:
      return "TIME";
    default:
      return "VARCHAR";
  }
}

// Objects and lists without declared members are stored as their JSON text.
std::string SqlTypeOf(const FieldPlan& field) {
  if (field.children.empty()) return SqlTypeOf(field.type);
  if (field.type.kind == TypeKind::kArray) return SqlTypeOf(field.children[0]) + "[]";
  if (field.type.kind != TypeKind::kObject) return SqlTypeOf(field.type);
  std::string members;
  for (const FieldPlan& child : field.children) {
    members += (members.empty() ? "" : ", ") + QuoteSqlName(child.name) + " " + SqlTypeOf(child);
  }
  return "STRUCT(" + members + ")";
}

}  // namespace lakegate
