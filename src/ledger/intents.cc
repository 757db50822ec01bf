#include "ledger/intents.h"

#include <iterator>

#include "ledger/sqlite_rows.h"

namespace lakegate {

namespace {

constexpr const char* kKindNames[] = {"first", "exchange", "same"};

#define INTENT_COLUMNS                                                                        \
  "run_id, dataset, partition_key, kind, table_dir, staging_path, live_path, staged_device, " \
  "staged_inode, lease_resource, lease_epoch, created_us, fingerprint, contract_hash, "       \
  "code_version, verdict, counters, report_path"

IntentKind KindFromName(const std::string& name) {
  for (size_t i = 0; i < std::size(kKindNames); ++i) {
    if (name == kKindNames[i]) return static_cast<IntentKind>(i);
  }
  return IntentKind::kFirst;  // the table's CHECK allows no other
}

Intent FromRow(const SqliteStatement& row) {
  Intent intent;
  intent.run_id = row.Text(0);
  intent.dataset = row.Text(1);
  intent.partition_key = row.Text(2);
  intent.kind = KindFromName(row.Text(3));
  intent.table_dir = row.Text(4);
  intent.staging_path = row.Text(5);
  intent.live_path = row.Text(6);
  intent.staged_device = static_cast<uint64_t>(row.Int(7));
  intent.staged_inode = static_cast<uint64_t>(row.Int(8));
  intent.lease = Lease{row.Text(9), row.Int(10)};
  intent.created_us = row.Int(11);
  intent.fingerprint = row.Text(12);
  intent.contract_hash = row.Text(13);
  intent.code_version = row.Text(14);
  intent.run_end.verdict = VerdictFromLedger(row.Text(15));
  intent.run_end.counters = row.Text(16);
  intent.run_end.report_path = row.OptionalText(17);
  return intent;
}

}  // namespace

const char* Name(IntentKind kind) { return kKindNames[static_cast<size_t>(kind)]; }

Status Intents::Record(const Intent& intent) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database_));
  LAKEGATE_ASSIGN(
      const auto other,
      FirstRow<std::string>(
          database_.Query("SELECT run_id FROM intent WHERE dataset = ?1 AND partition_key = ?2",
                          intent.dataset, intent.partition_key),
          [](const SqliteStatement& row) { return row.Text(0); }));
  if (other) {
    return Error{ErrorCode::kConflict,
                 "run " + *other + " has begun to publish '" + intent.dataset + "' partition '" +
                     intent.partition_key + "' and is not finished",
                 "run again: an interrupted publication is finished or undone first"};
  }
  LAKEGATE_TRY(database_.Run(
      "INSERT INTO intent (" INTENT_COLUMNS
      ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
      " ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
      intent.run_id, intent.dataset, intent.partition_key, Name(intent.kind), intent.table_dir,
      intent.staging_path, intent.live_path, static_cast<int64_t>(intent.staged_device),
      static_cast<int64_t>(intent.staged_inode), intent.lease.resource, intent.lease.epoch,
      intent.created_us, intent.fingerprint, intent.contract_hash, intent.code_version,
      Name(intent.run_end.verdict), intent.run_end.counters, intent.run_end.report_path));
  for (const PublishedFile& file : intent.files) {
    LAKEGATE_TRY(
        database_.Run("INSERT INTO intent_file (run_id, name, size, rows) VALUES (?1, ?2, ?3, ?4)",
                      intent.run_id, file.name, file.size, file.rows));
  }
  for (int64_t id : intent.landed_file_ids) {
    LAKEGATE_TRY(
        database_.Run("INSERT INTO intent_landed_file (run_id, landed_file_id) VALUES (?1, ?2)",
                      intent.run_id, id));
  }
  for (const MetricValue& metric : intent.metrics) {
    LAKEGATE_TRY(database_.Run(
        "INSERT INTO intent_metric (run_id, rule_id, value, verdict) VALUES (?1, ?2, ?3, ?4)",
        intent.run_id, metric.rule_id, metric.value, Name(metric.verdict)));
  }
  if (intent.load) LAKEGATE_TRY(RecordLoad(intent.run_id, *intent.load));
  return transaction.Commit();
}

Result<std::vector<Intent>> Intents::List() {
  LAKEGATE_ASSIGN(std::vector<Intent> intents,
                  AllRows<Intent>(database_.Query("SELECT " INTENT_COLUMNS
                                                  " FROM intent ORDER BY created_us, run_id"),
                                  FromRow));
  for (Intent& intent : intents) LAKEGATE_TRY(LoadDetails(intent));
  return intents;
}

Result<std::optional<Intent>> Intents::Find(const std::string& run_id) {
  LAKEGATE_ASSIGN(
      std::optional<Intent> intent,
      FirstRow<Intent>(
          database_.Query("SELECT " INTENT_COLUMNS " FROM intent WHERE run_id = ?1", run_id),
          FromRow));
  if (intent) LAKEGATE_TRY(LoadDetails(*intent));
  return intent;
}

Status Intents::CheckNone(const std::string& dataset, const std::string& partition_key) {
  LAKEGATE_ASSIGN(
      const auto run_id,
      FirstRow<std::string>(database_.Query("SELECT run_id FROM intent WHERE dataset = ?1"
                                            " AND partition_key = ?2",
                                            dataset, partition_key),
                            [](const SqliteStatement& row) { return row.Text(0); }));
  if (!run_id) return {};
  return Error{ErrorCode::kUnavailable,
               "the publication of " + dataset + " " + partition_key + " by run " + *run_id +
                   " is neither finished nor undone yet",
               "run again: that comes first"};
}

Result<bool> Intents::SetLease(const std::string& run_id, const Lease& lease) {
  LAKEGATE_ASSIGN(
      const int64_t changed,
      database_.Run("UPDATE intent SET lease_resource = ?2, lease_epoch = ?3 WHERE run_id = ?1",
                    run_id, lease.resource, lease.epoch));
  return changed == 1;
}

Result<bool> Intents::Remove(const std::string& run_id) {
  LAKEGATE_ASSIGN(const int64_t changed,
                  database_.Run("DELETE FROM intent WHERE run_id = ?1", run_id));
  return changed == 1;
}

Status Intents::LoadDetails(Intent& intent) {
  LAKEGATE_ASSIGN(intent.files,
                  AllRows<PublishedFile>(
                      database_.Query("SELECT name, size, rows FROM intent_file WHERE run_id = ?1"
                                      " ORDER BY name",
                                      intent.run_id),
                      [](const SqliteStatement& row) {
                        return PublishedFile{row.Text(0), row.Int(1), row.Int(2)};
                      }));
  LAKEGATE_ASSIGN(intent.landed_file_ids,
                  AllRows<int64_t>(database_.Query("SELECT landed_file_id FROM intent_landed_file"
                                                   " WHERE run_id = ?1 ORDER BY landed_file_id",
                                                   intent.run_id),
                                   [](const SqliteStatement& row) { return row.Int(0); }));
  LAKEGATE_ASSIGN(
      intent.metrics,
      AllRows<MetricValue>(
          database_.Query("SELECT rule_id, value, verdict FROM intent_metric WHERE run_id = ?1"
                          " ORDER BY rule_id",
                          intent.run_id),
          [](const SqliteStatement& row) {
            MetricValue metric{row.Text(0), std::nullopt, VerdictFromLedger(row.Text(2))};
            if (!row.IsNull(1)) metric.value = row.Real(1);
            return metric;
          }));
  return LoadLoad(intent);
}

}  // namespace lakegate
