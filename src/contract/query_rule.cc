#include "contract/query_rule.h"

#include <algorithm>

namespace lakegate {

const char* Name(QueryKind kind) {
  switch (kind) {
    case QueryKind::kSql:
      return "sql";
    case QueryKind::kMean:
      return "mean";
    case QueryKind::kMin:
      return "min";
    case QueryKind::kMax:
      return "max";
    case QueryKind::kSum:
      return "sum";
    case QueryKind::kStddev:
      return "stddev";
    case QueryKind::kQuantile:
      return "quantile";
    case QueryKind::kShare:
      return "share";
    case QueryKind::kFreshness:
      return "freshness";
    case QueryKind::kMonotonic:
      return "monotonic";
    case QueryKind::kNoGaps:
      return "no_gaps";
    case QueryKind::kVolume:
      return "volume";
    case QueryKind::kRowCountEqual:
      return "row_count_equal";
    case QueryKind::kReference:
      return "reference";
  }
  return "?";
}

bool NeedsRowOrder(const std::vector<QueryRule>& rules) {
  return std::any_of(rules.begin(), rules.end(),
                     [](const QueryRule& rule) { return rule.kind == QueryKind::kMonotonic; });
}

}  // namespace lakegate
