// One record as the reader saw it: spans of its bytes, not yet typed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "contract/check_plan.h"

namespace lakegate {

enum class RawKind : uint8_t {
  kAbsent,
  kNull,
  kTrue,
  kFalse,
  kNumber,      // JSON number; text is the token, its grammar is checked
  kString,      // JSON string; text is unescaped
  kObject,      // text is the source span; members stand at `first` if the plan knows the object;
                // of a map: key (kQuotedCell), value, key, value ... chained from `first`
  kArray,       // text is the source span; items are chained from `first` by `next`
  kCell,        // unquoted CSV cell
  kQuotedCell,  // quoted CSV cell, quotes removed
};

inline constexpr uint32_t kNoValue = UINT32_MAX;

// Borrowed: valid until the reader goes on to the next record.
struct RawValue {
  const char* data = nullptr;
  uint32_t size = 0;
  RawKind kind = RawKind::kAbsent;
  uint32_t first =
      kNoValue;  // kObject: index of the first member's value; kArray: of item 0; map: key 0
  uint32_t next = kNoValue;  // index of the next item of the array or map that holds this value
  uint32_t count = 0;        // kObject: members seen, known or not; kArray: items
  std::string_view text() const { return {data, size}; }
};

// values[0 .. fields) belong to CheckPlan::fields in order; members of known objects stand in
// blocks of their own, in the order of FieldPlan::children.
struct RawRecord {
  std::vector<RawValue> values;
  std::vector<std::string_view> unknown_keys;  // of the record's known objects, unescaped
};

}  // namespace lakegate
