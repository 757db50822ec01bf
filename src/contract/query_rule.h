// A dataset rule that is measured by a query over the rows that are about to be published.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "contract/threshold.h"
#include "core/value_type.h"

namespace lakegate {

enum class QueryKind : uint8_t {
  kSql,   // an `sql` item of the standard; all others: `check:` of custom items of engine lakegate
  kMean,  // value: mean of the column; nulls do not count
  kMin,
  kMax,
  kSum,        // exact for integers and decimals
  kStddev,     // of a sample (n - 1)
  kQuantile,   // value: the smallest value that at least this share of the values does not exceed
  kShare,      // violations: rows with one of the values; base: rows
  kFreshness,  // value: age of the newest value in seconds
  kMonotonic,  // violations: values that go the wrong way, in input order
  kNoGaps,     // violations: neighbours in order of value that are too far apart
  kVolume,     // rows as percent of the mean of earlier partitions
  kRowCountEqual,  // violations: rows more or less than another dataset has; base: its rows
  kReference,      // violations: rows whose key is not in another dataset or list; base: rows
};
const char* Name(QueryKind kind);  // as contracts write it: "sql", "mean", "row_count_equal", ...

// A column that a rule looks at: its own name, or the names down to a member of an object.
struct QueryColumn {
  std::vector<std::string> path;
  ValueType type;
  bool masked = false;
};

// Which members count follows from the kind.
struct QueryRule {
  int rule = -1;  // index into CheckPlan::rules
  QueryKind kind = QueryKind::kSql;
  std::string sql;  // kSql: one SELECT that gives one number; placeholders are filled in
  std::vector<QueryColumn> columns;
  MetricUnit unit = MetricUnit::kRows;     // kRows also means: the value as it is
  std::vector<Threshold> thresholds;       // all must hold
  double quantile = 0;                     // 0 < q < 1
  std::vector<std::string> values;         // kShare
  bool counts_null = false;                // kShare: null is one of the values
  int64_t step = 0;                        // kNoGaps: microseconds; of integer columns a number
  bool descending = false;                 // kMonotonic
  bool strict = false;                     // kMonotonic: equal neighbours go the wrong way, too
  int partitions = 0;                      // kVolume: how many earlier ones
  std::string dataset;                     // kRowCountEqual, kReference: the other one
  std::string file;                        // kReference: a list instead; relative to the contract
  std::vector<std::string> other_columns;  // kReference: there; parallel to `columns`
  int64_t timeout_ms = 60'000;
};

// Whether rows must stay in input order in the written files.
bool NeedsRowOrder(const std::vector<QueryRule>& rules);

}  // namespace lakegate
