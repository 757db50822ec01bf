#include "ledger/runs.h"

#include "ledger/sqlite_rows.h"

namespace lakegate {

namespace {

#define RUN_COLUMNS                                                                              \
  "id, dataset, partition_key, attempt, lease_resource, lease_epoch, staging_path, started_us, " \
  "ended_us, verdict, error_class, counters, report_path, purpose"

Run FromRow(const SqliteStatement& row) {
  Run run;
  run.id = row.Text(0);
  run.dataset = row.Text(1);
  run.partition_key = row.Text(2);
  run.attempt = row.Int(3);
  run.lease_resource = row.Text(4);
  run.lease_epoch = row.Int(5);
  run.staging_path = row.OptionalText(6);
  run.started_us = row.Int(7);
  run.ended_us = row.OptionalInt(8);
  if (!row.IsNull(9)) run.verdict = VerdictFromLedger(row.Text(9));
  run.error_class = row.OptionalText(10);
  run.counters = row.Text(11);
  run.report_path = row.OptionalText(12);
  run.purpose =
      row.Text(13) == Name(RunPurpose::kCompaction) ? RunPurpose::kCompaction : RunPurpose::kLoad;
  return run;
}

}  // namespace

const char* Name(RunPurpose purpose) {
  return purpose == RunPurpose::kCompaction ? "compaction" : "load";
}

Verdict VerdictFromLedger(const std::string& name) {
  for (Verdict verdict :
       {Verdict::kPassed, Verdict::kWarned, Verdict::kFailed, Verdict::kError, Verdict::kSkipped}) {
    if (name == Name(verdict)) return verdict;
  }
  return Verdict::kError;
}

Result<int64_t> Runs::Start(const RunStart& start) {
  LAKEGATE_ASSIGN(
      auto attempt,
      FirstRow<int64_t>(
          database_.Query(
              "INSERT INTO run (id, dataset, partition_key, attempt, lease_resource, lease_epoch,"
              " staging_path, started_us, purpose) SELECT ?1, ?2, ?3, 1 + coalesce(max(attempt), "
              "0),"
              " ?4, ?5, ?6, ?7, ?8 FROM run WHERE dataset = ?2 AND partition_key = ?3 RETURNING "
              "attempt",
              start.id, start.dataset, start.partition_key, start.lease_resource, start.lease_epoch,
              start.staging_path, start.started_us, Name(start.purpose)),
          [](const SqliteStatement& row) { return row.Int(0); }));
  return attempt.value_or(1);
}

Status Runs::Finish(const std::string& id, const RunEnd& end, TimestampUs now_us) {
  LAKEGATE_ASSIGN(
      const int64_t changed,
      database_.Run("UPDATE run SET ended_us = ?2, verdict = ?3, error_class = ?4, counters = ?5,"
                    " report_path = ?6 WHERE id = ?1 AND ended_us IS NULL",
                    id, now_us, Name(end.verdict), end.error_class, end.counters, end.report_path));
  if (changed == 1) return {};
  return Error{ErrorCode::kConflict, "run " + id + " is unknown to the ledger or has ended already",
               "another lakegate may have taken it over: see `lakegate status`"};
}

Status Runs::FinishPublished(const std::string& id, const RunEnd& end, TimestampUs now_us) {
  LAKEGATE_TRY(
      database_.Run("UPDATE run SET ended_us = ?2, verdict = ?3, error_class = ?4, counters = ?5,"
                    " report_path = ?6, staging_path = NULL WHERE id = ?1",
                    id, now_us, Name(end.verdict), end.error_class, end.counters, end.report_path));
  return {};
}

Result<std::optional<Run>> Runs::Find(const std::string& id) {
  return FirstRow<Run>(database_.Query("SELECT " RUN_COLUMNS " FROM run WHERE id = ?1", id),
                       FromRow);
}

Result<std::vector<Run>> Runs::ListLoads(const std::string& dataset,
                                         const std::string& partition_key) {
  return AllRows<Run>(
      database_.Query("SELECT " RUN_COLUMNS " FROM run WHERE dataset = ?1 AND partition_key = ?2"
                      " AND purpose = 'load' ORDER BY attempt DESC",
                      dataset, partition_key),
      FromRow);
}

Result<std::vector<Run>> Runs::ListForDataset(const std::string& dataset, int64_t limit) {
  return AllRows<Run>(database_.Query("SELECT " RUN_COLUMNS " FROM run WHERE dataset = ?1"
                                      " ORDER BY started_us DESC, attempt DESC LIMIT ?2",
                                      dataset, limit),
                      FromRow);
}

Result<bool> Runs::IsCompaction(const std::string& dataset, const std::string& lease_resource,
                                int64_t lease_epoch) {
  LAKEGATE_ASSIGN(
      const auto id,
      FirstRow<std::string>(
          database_.Query("SELECT id FROM run WHERE dataset = ?1 AND"
                          " lease_resource = ?2 AND lease_epoch = ?3 AND purpose = ?4",
                          dataset, lease_resource, lease_epoch, Name(RunPurpose::kCompaction)),
          [](const SqliteStatement& row) { return row.Text(0); }));
  return id.has_value();
}

Result<std::vector<Run>> Runs::ListOpen() {
  return AllRows<Run>(database_.Query("SELECT " RUN_COLUMNS " FROM run"
                                      " WHERE ended_us IS NULL OR staging_path IS NOT NULL"
                                      " ORDER BY started_us DESC, attempt DESC"),
                      FromRow);
}

Status Runs::ForgetStaging(const std::string& id) {
  LAKEGATE_TRY(database_.Run("UPDATE run SET staging_path = NULL WHERE id = ?1", id));
  return {};
}

}  // namespace lakegate
