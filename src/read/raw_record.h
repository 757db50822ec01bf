// One record as the reader saw it: spans of its bytes, not yet typed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

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

// Readers have so many bytes behind each scalar's text that can be read, whatever they are.
inline constexpr size_t kTextPadding = 32;

inline constexpr uint32_t kNoValue = UINT32_MAX;

inline constexpr uint8_t kNoDigits = 255;

// Borrowed: valid until the reader goes on to the next record.
struct RawValue {
  const char* data = nullptr;
  uint32_t size = 0;
  RawKind kind = RawKind::kAbsent;
  uint8_t scale = kNoDigits;  // kNumber: see digits()
  // kObject: index of the first member's value; kArray: of item 0; map: of key 0.
  uint32_t first = kNoValue;
  uint32_t count = 0;        // kObject: members seen, known or not; kArray: items
  uint32_t next = kNoValue;  // index of the next item of the array or map that holds this value
  std::string_view text() const { return {data, size}; }

  // A number that the reader has worked out already: digits() * 10^-scale is exactly its text's
  // value, and not a negative zero. They stand where other kinds have `first` and `count`.
  bool has_digits() const { return scale != kNoDigits; }
  int64_t digits() const { return static_cast<int64_t>((uint64_t{count} << 32) | first); }
  void SetDigits(int64_t digits, int digits_scale) {
    first = static_cast<uint32_t>(static_cast<uint64_t>(digits));
    count = static_cast<uint32_t>(static_cast<uint64_t>(digits) >> 32);
    scale = static_cast<uint8_t>(digits_scale);
  }
};

// values[0 .. fields) belong to CheckPlan::fields in order; members of known objects stand in
// blocks of their own, in the order of FieldPlan::children.
struct RawRecord {
  std::span<const RawValue> values;                // borrowed from the reader
  std::span<const std::string_view> unknown_keys;  // of the record's known objects, unescaped
};

}  // namespace lakegate
