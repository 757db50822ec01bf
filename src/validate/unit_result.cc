#include "validate/unit_result.h"

#include <algorithm>

namespace lakegate {

void UnitResult::Clear() {
  counts = {};
  records = accepted = accepted_bytes = quarantined_bytes = 0;
  std::fill(rule_violations.begin(), rule_violations.end(), 0);
  std::fill(structure_violations.begin(), structure_violations.end(), 0);
  rejects.clear();
  index_text.clear();
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
