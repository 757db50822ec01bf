// The type of a column, and one value of it in the column's own units.
#pragma once

#include <cstdint>
#include <string>

namespace lakegate {

using Int128 = __int128;

enum class TypeKind : uint8_t {
  kString,   // UTF-8
  kInteger,  // bits 8..64, signed or not
  kDouble,   // IEEE 754; bits 32 or 64
  kDecimal,  // exact: Int128 times 10^-scale, precision <= 38
  kBoolean,
  kDate,       // days since 1970-01-01
  kTimestamp,  // microseconds since 1970-01-01T00:00:00Z
  kTime,       // microseconds since midnight
  kObject,     // struct of the field's children
  kArray,      // list of the field's one child
  kMap,        // list of the field's one child, an object of key and value
};

// Whether values have values inside.
constexpr bool IsNested(TypeKind kind) {
  return kind == TypeKind::kObject || kind == TypeKind::kArray || kind == TypeKind::kMap;
}

struct ValueType {
  TypeKind kind = TypeKind::kString;
  uint8_t bits = 64;      // kInteger, kDouble
  bool is_signed = true;  // kInteger
  uint8_t precision = 0;  // kDecimal
  uint8_t scale = 0;      // kDecimal
};

// "string", "integer i32", "decimal(12,2)", "timestamp" ... for messages and reports.
std::string Name(const ValueType& type);

// One value of a column; which member counts follows from the column's TypeKind:
// integer (kInteger; unsigned 64-bit stored as its bits, kBoolean 0/1, kDate days, kTimestamp and
// kTime microseconds), real (kDouble), decimal (kDecimal, scaled by the column's scale).
struct Scalar {
  int64_t integer = 0;
  double real = 0;
  Int128 decimal = 0;
};

}  // namespace lakegate
