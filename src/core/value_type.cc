#include "core/value_type.h"

namespace lakegate {

std::string Name(const ValueType& type) {
  switch (type.kind) {
    case TypeKind::kString:
      return "string";
    case TypeKind::kInteger:
      if (type.bits == 64 && type.is_signed) return "integer";
      return std::string("integer ") + (type.is_signed ? "i" : "u") + std::to_string(type.bits);
    case TypeKind::kDouble:
      return type.bits == 32 ? "number f32" : "number";
    case TypeKind::kDecimal:
      return "decimal(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    case TypeKind::kBoolean:
      return "boolean";
    case TypeKind::kDate:
      return "date";
    case TypeKind::kTimestamp:
      return "timestamp";
    case TypeKind::kTime:
      return "time";
    case TypeKind::kObject:
      return "object";
    case TypeKind::kArray:
      return "array";
    case TypeKind::kMap:
      return "map";
  }
  return "?";
}

}  // namespace lakegate
