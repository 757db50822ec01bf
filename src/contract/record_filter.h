// lakegate.filter: an SQL predicate on one record, parsed and bound to the plan's columns.
//
// Grammar: OR, AND, NOT, parentheses; = <> != < <= > >=, [NOT] IN (...), [NOT] BETWEEN, [NOT] LIKE
// with ESCAPE, IS [NOT] NULL, a boolean column alone; 'text', numbers, TRUE, FALSE, NULL,
// DATE/TIMESTAMP/TIME 'text'; columns with dots into objects, "quoted" where they are no words.
// Three-valued logic as in SQL: a record counts only if the predicate is true.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/value_type.h"

namespace lakegate {

struct FieldPlan;

// Where a value is: an index into CheckPlan::fields, then indexes into FieldPlan::children. Below a
// list the index is 0 and stands for every item.
using FieldPath = std::vector<int>;

enum class Comparison : uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual
};

// A constant in the units of the column it is compared with. Integers and decimals are in
// scalar.decimal, whatever the column's width.
struct FilterLiteral {
  std::string text;  // strings
  Scalar scalar;
  bool exact = true;  // false: the number lies between scalar.decimal and the next value
  int overflow = 0;   // -1, 1: below or above everything that the column can hold
};

struct LikeToken {
  enum class Kind : uint8_t { kBytes, kAnyOne, kAnyRun };
  Kind kind = Kind::kBytes;
  std::string bytes;
};

struct FilterNode {
  enum class Kind : uint8_t {
    kAnd,            // all children
    kOr,             // any child
    kNot,            // of the one child
    kCompare,        // field with literals[0]
    kCompareFields,  // field with other
    kIn,             // field with any of literals
    kLike,
    kIsNull,
    kUnknown,  // what a comparison with NULL is
  };
  Kind kind = Kind::kUnknown;
  Comparison comparison = Comparison::kEqual;
  bool list_has_null = false;
  std::vector<int> children;  // indexes into RecordFilter::nodes
  FieldPath field, other;
  std::vector<FilterLiteral> literals;
  std::vector<LikeToken> pattern;
};

// Immutable once made; shared by all threads.
struct RecordFilter {
  std::string text;
  std::vector<FilterNode> nodes;  // children stand before their parents; the last is the root
};

struct FilterError {
  size_t offset = 0;  // in the text, bytes
  std::string message;
  std::string hint;
};

inline constexpr size_t kMaxFilterBytes = 10'000;
inline constexpr int kMaxFilterDepth = 50;

// Binds names to `fields`.
std::variant<RecordFilter, FilterError> ParseFilter(std::string_view text,
                                                    const std::vector<FieldPlan>& fields);

}  // namespace lakegate
