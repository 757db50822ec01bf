#include "validate/unit_result.h"

#include <algorithm>

namespace lakegate {

size_t UnitResult::bytes() const {
  size_t sum = reject_bytes + index_text.size() + clean.size() + kept_bytes.size() +
               kept.size() * sizeof(KeptRecord) + lines.size() * sizeof(int64_t);
  for (const ColumnBuffer& column : columns) sum += column.bytes();
  return sum;
}

void UnitResult::Clear() {
  counts = {};
  records = accepted = accepted_bytes = quarantined_bytes = 0;
  std::fill(rule_violations.begin(), rule_violations.end(), 0);
  std::fill(structure_violations.begin(), structure_violations.end(), 0);
  rejects.clear();
  reject_texts.Clear();
  reject_bytes = 0;
  index_text.Clear();
  warned.clear();
  unknown_keys.clear();
  more_unknown_keys = 0;
  reject_file = false;
  for (ColumnBuffer& column : columns) column.Clear();
  lines.clear();
  clean.Clear();
  kept.clear();
  kept_bytes.Clear();
}

}  // namespace lakegate
