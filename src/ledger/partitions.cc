#include "ledger/partitions.h"

#include <iterator>

#include "ledger/sqlite_rows.h"

namespace lakegate {

namespace {

constexpr const char* kStateNames[] = {"missing", "waiting", "ready", "running", "published",
                                       "gated",   "failed",  "stale", "held"};

#define PARTITION_COLUMNS                                                                   \
  "dataset, key, state, published_version, fingerprint, contract_hash, code_version, why, " \
  "last_run_id, updated_us"

PartitionState StateFromName(const std::string& name) {
  for (size_t i = 0; i < std::size(kStateNames); ++i) {
    if (name == kStateNames[i]) return static_cast<PartitionState>(i);
  }
  return PartitionState::kMissing;  // the table's CHECK allows no other
}

Partition FromRow(const SqliteStatement& row) {
  Partition partition;
  partition.dataset = row.Text(0);
  partition.key = row.Text(1);
  partition.state = StateFromName(row.Text(2));
  partition.published_version = row.OptionalInt(3);
  partition.fingerprint = row.OptionalText(4);
  partition.contract_hash = row.OptionalText(5);
  partition.code_version = row.OptionalText(6);
  partition.why = row.OptionalText(7);
  partition.last_run_id = row.OptionalText(8);
  partition.updated_us = row.Int(9);
  return partition;
}

}  // namespace

const char* Name(PartitionState state) { return kStateNames[static_cast<size_t>(state)]; }

Result<std::optional<Partition>> Partitions::Find(const std::string& dataset,
                                                  const std::string& key) {
  return FirstRow<Partition>(
      database_.Query("SELECT " PARTITION_COLUMNS " FROM partition WHERE dataset = ?1 AND key = ?2",
                      dataset, key),
      FromRow);
}

Result<std::vector<Partition>> Partitions::List(const std::string& dataset) {
  return AllRows<Partition>(
      database_.Query("SELECT " PARTITION_COLUMNS " FROM partition WHERE dataset = ?1 ORDER BY key",
                      dataset),
      FromRow);
}

Status Partitions::SetState(const std::string& dataset, const std::string& key,
                            PartitionState state, const std::optional<std::string>& why,
                            TimestampUs now_us) {
  LAKEGATE_TRY(database_.Run(
      "INSERT INTO partition (dataset, key, state, why, updated_us) VALUES (?1, ?2, ?3, ?4, ?5)"
      " ON CONFLICT (dataset, key) DO UPDATE SET state = ?3, why = ?4, updated_us = ?5",
      dataset, key, Name(state), why, now_us));
  return {};
}

Status Partitions::SetRunState(const std::string& dataset, const std::string& key,
                               PartitionState state, const std::optional<std::string>& why,
                               const std::string& run_id, TimestampUs now_us) {
  LAKEGATE_TRY(
      database_.Run("INSERT INTO partition (dataset, key, state, why, last_run_id, updated_us)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (dataset, key) DO UPDATE"
                    " SET state = ?3, why = ?4, last_run_id = ?5, updated_us = ?6",
                    dataset, key, Name(state), why, run_id, now_us));
  return {};
}

Status Partitions::SetPublished(const PartitionPublished& published, TimestampUs now_us) {
  LAKEGATE_TRY(database_.Run(
      "INSERT INTO partition (dataset, key, state, published_version, fingerprint, contract_hash,"
      " code_version, last_run_id, updated_us) VALUES (?1, ?2, 'published', ?3, ?4, ?5, ?6, ?7, ?8)"
      " ON CONFLICT (dataset, key) DO UPDATE SET state = 'published', published_version = ?3,"
      " fingerprint = ?4, contract_hash = ?5, code_version = ?6, why = NULL, last_run_id = ?7,"
      " updated_us = ?8",
      published.dataset, published.key, published.version, published.fingerprint,
      published.contract_hash, published.code_version, published.run_id, now_us));
  return {};
}

Status Partitions::SetVersion(const std::string& dataset, const std::string& key, int64_t version) {
  LAKEGATE_TRY(
      database_.Run("UPDATE partition SET published_version = ?3 WHERE dataset = ?1 AND key = ?2",
                    dataset, key, version));
  return {};
}

Result<std::vector<std::string>> Partitions::ForgetFound(const std::string& dataset) {
  return AllRows<std::string>(
      database_.Query("DELETE FROM partition WHERE dataset = ?1 AND state = 'missing'"
                      " AND published_version IS NULL AND EXISTS (SELECT 1 FROM partition AS other"
                      " WHERE other.dataset = ?1 AND other.key <> partition.key"
                      " AND instr('/' || other.key || '/', '/' || partition.key || '/') > 0)"
                      " RETURNING key",
                      dataset),
      [](const SqliteStatement& row) { return row.Text(0); });
}

}  // namespace lakegate
