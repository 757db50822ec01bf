// Keys of records: which columns make a key, and each record's key as a 128-bit hash of the
// columns' values (1.0 and 1.00 in a decimal column are one key; so are two spellings of one
// instant).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "contract/check_plan.h"
#include "core/hash.h"
#include "read/raw_record.h"

namespace lakegate {

struct KeyColumns {
  std::vector<FieldPath> fields;    // through objects only
  bool nulls_equal = false;         // else a key with a null in it is no key
  bool all_null_is_no_key = false;  // with nulls_equal
  int filter = -1;                  // index into MetricLayout::filters; -1: all records
  bool operator==(const KeyColumns&) const = default;
};

struct KeyEntry {
  Hash128 hash;
  uint32_t record = 0;  // within the unit, counted from 0
};

// The keys of one unit for one KeyColumns, in input order; records without a key are left out.
using UnitKeys = std::vector<KeyEntry>;

class KeyExtractor {
 public:
  // Borrows the plan.
  KeyExtractor(const CheckPlan& plan, KeyColumns columns);
  // False: the record has no key.
  bool Extract(const RawRecord& record, Hash128* hash);
  // Of the record that was extracted last: whether a part of its key is null.
  bool has_null() const { return has_null_; }

 private:
  bool AppendPart(const FieldPlan& field, const RawValue& value);

  const CheckPlan& plan_;
  const KeyColumns columns_;
  const bool is_one_text_;  // one column of texts: hashed where it stands
  const int text_field_;    // that column's index, if it is no member; else -1
  std::string scratch_;
  bool has_null_ = false;
};

}  // namespace lakegate
