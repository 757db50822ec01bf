#include "ledger/metric_history.h"

#include "ledger/runs.h"
#include "ledger/sqlite_rows.h"

namespace lakegate {

Status MetricHistory::Record(const std::string& dataset, const std::string& partition_key,
                             const std::string& run_id, const std::vector<MetricValue>& metrics,
                             TimestampUs now_us) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database_));
  for (const MetricValue& metric : metrics) {
    LAKEGATE_TRY(database_.Run(
        "INSERT OR REPLACE INTO metric_history (dataset, partition_key, run_id, rule_id, value,"
        " verdict, measured_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        dataset, partition_key, run_id, metric.rule_id, metric.value, Name(metric.verdict),
        now_us));
  }
  return transaction.Commit();
}

Result<std::vector<MeasuredMetric>> MetricHistory::List(const std::string& dataset,
                                                        const std::string& rule_id, int64_t limit) {
  return AllRows<MeasuredMetric>(
      database_.Query("SELECT partition_key, run_id, rule_id, value, verdict, measured_us"
                      " FROM metric_history WHERE dataset = ?1 AND rule_id = ?2"
                      " ORDER BY measured_us DESC, run_id DESC LIMIT ?3",
                      dataset, rule_id, limit),
      [](const SqliteStatement& row) {
        MeasuredMetric measured;
        measured.partition_key = row.Text(0);
        measured.run_id = row.Text(1);
        measured.metric.rule_id = row.Text(2);
        if (!row.IsNull(3)) measured.metric.value = row.Real(3);
        measured.metric.verdict = VerdictFromLedger(row.Text(4));
        measured.measured_us = row.Int(5);
        return measured;
      });
}

}  // namespace lakegate
