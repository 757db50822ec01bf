// Table metric_history: what every dataset rule measured, run by run. Baselines come from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/action.h"
#include "core/clock.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

struct MetricValue {
  std::string rule_id;
  std::optional<double> value;  // none: could not be measured
  Verdict verdict = Verdict::kPassed;
  bool operator==(const MetricValue&) const = default;
};

struct MeasuredMetric {
  std::string partition_key;
  std::string run_id;
  MetricValue metric;
  TimestampUs measured_us = 0;
};

// Borrows the database; one thread.
class MetricHistory {
 public:
  explicit MetricHistory(SqliteDatabase& database) : database_(database) {}

  // The run must be in the ledger. Recording the same rule of a run again replaces it.
  Status Record(const std::string& dataset, const std::string& partition_key,
                const std::string& run_id, const std::vector<MetricValue>& metrics,
                TimestampUs now_us);
  // Newest first.
  Result<std::vector<MeasuredMetric>> List(const std::string& dataset, const std::string& rule_id,
                                           int64_t limit);

 private:
  SqliteDatabase& database_;
};

}  // namespace lakegate
