#include "ledger/landed_files.h"

#include <iterator>

#include "ledger/sqlite_rows.h"

namespace lakegate {

namespace {

constexpr const char* kStateNames[] = {"seen", "consumed", "held", "ignored", "gone"};
// The coarsest clock of a file system in use (FAT: 2 s).
constexpr int64_t kMtimeStepUs = 2'000'000;

#define LANDED_FILE_COLUMNS                                                                \
  "id, dataset, path, stored_path, size, mtime_ns, sha256, partition_key, first_seen_us, " \
  "hashed_us, state, run_id, held_reason, held_by"

LandedFileState StateFromName(const std::string& name) {
  for (size_t i = 0; i < std::size(kStateNames); ++i) {
    if (name == kStateNames[i]) return static_cast<LandedFileState>(i);
  }
  return LandedFileState::kSeen;  // the table's CHECK allows no other
}

LandedFile FromRow(const SqliteStatement& row) {
  LandedFile file;
  file.id = row.Int(0);
  file.dataset = row.Text(1);
  file.path = row.Text(2);
  file.stored_path = row.Text(3);
  file.size = row.Int(4);
  file.mtime_ns = row.Int(5);
  file.sha256 = row.Text(6);
  file.partition_key = row.Text(7);
  file.first_seen_us = row.Int(8);
  file.hashed_us = row.Int(9);
  file.state = StateFromName(row.Text(10));
  file.run_id = row.OptionalText(11);
  file.held_reason = row.OptionalText(12);
  file.held_by = row.OptionalText(13);
  return file;
}

Error UnknownFile(int64_t id) {
  return {ErrorCode::kNotFound, "the ledger has no landed file " + std::to_string(id),
          "list the files with `lakegate status`"};
}

}  // namespace

const char* Name(LandedFileState state) { return kStateNames[static_cast<size_t>(state)]; }

Result<std::optional<LandedFile>> LandedFiles::FindUnchanged(const std::string& dataset,
                                                             const std::string& path, int64_t size,
                                                             int64_t mtime_ns) {
  return FirstRow<LandedFile>(
      database_.Query("SELECT " LANDED_FILE_COLUMNS
                      " FROM landed_file WHERE dataset = ?1 AND path = ?2 AND size = ?3"
                      " AND mtime_ns = ?4 AND state <> 'gone'"
                      " AND mtime_ns / 1000 + ?5 <= hashed_us",
                      dataset, path, size, mtime_ns, kMtimeStepUs),
      FromRow);
}

Result<LandedFile> LandedFiles::Register(const SeenFile& file, TimestampUs now_us) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database_));
  LAKEGATE_TRY(database_.Run(
      "UPDATE landed_file SET state = 'gone' WHERE dataset = ?1 AND path = ?2 AND sha256 <> ?3"
      " AND stored_path = path AND state <> 'gone'",
      file.dataset, file.path, file.sha256));
  LAKEGATE_TRY(database_.Run(
      "INSERT INTO landed_file (dataset, path, stored_path, size, mtime_ns, sha256, partition_key,"
      " first_seen_us, hashed_us, state) VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 'seen')"
      " ON CONFLICT (dataset, path, sha256) DO UPDATE SET size = ?3, mtime_ns = ?4,"
      " partition_key = ?6, hashed_us = ?7,"
      " state = CASE state WHEN 'gone' THEN 'seen' ELSE state END",
      file.dataset, file.path, file.size, file.mtime_ns, file.sha256, file.partition_key, now_us));
  LAKEGATE_ASSIGN(
      auto registered,
      FirstRow<LandedFile>(database_.Query("SELECT " LANDED_FILE_COLUMNS
                                           " FROM landed_file WHERE dataset = ?1 AND path = ?2"
                                           " AND sha256 = ?3",
                                           file.dataset, file.path, file.sha256),
                           FromRow));
  LAKEGATE_TRY(transaction.Commit());
  return *std::move(registered);
}

Result<std::optional<LandedFile>> LandedFiles::Find(int64_t id) {
  return FirstRow<LandedFile>(
      database_.Query("SELECT " LANDED_FILE_COLUMNS " FROM landed_file WHERE id = ?1", id),
      FromRow);
}

Result<std::vector<LandedFile>> LandedFiles::FindByContent(const std::string& dataset,
                                                           const std::string& sha256) {
  // The plus keeps SQLite from walking the whole dataset in the order of another index.
  return AllRows<LandedFile>(
      database_.Query("SELECT " LANDED_FILE_COLUMNS
                      " FROM landed_file WHERE dataset = ?1 AND sha256 = ?2 ORDER BY +path, id",
                      dataset, sha256),
      FromRow);
}

Result<std::vector<LandedFile>> LandedFiles::ListOverwritten(const LandedFile& file) {
  return AllRows<LandedFile>(
      database_.Query("SELECT " LANDED_FILE_COLUMNS
                      " FROM landed_file WHERE dataset = ?1 AND path = ?2 AND id <> ?3"
                      " AND state = 'gone' AND stored_path = path AND run_id IS NOT NULL"
                      " ORDER BY id",
                      file.dataset, file.path, file.id),
      FromRow);
}

Result<std::vector<LandedFile>> LandedFiles::ListForPartition(const std::string& dataset,
                                                              const std::string& partition_key) {
  return AllRows<LandedFile>(
      database_.Query("SELECT " LANDED_FILE_COLUMNS " FROM landed_file WHERE dataset = ?1"
                      " AND partition_key = ?2 ORDER BY +path, +id",
                      dataset, partition_key),
      FromRow);
}

Result<std::vector<LandedFile>> LandedFiles::ListForDataset(const std::string& dataset) {
  return AllRows<LandedFile>(
      database_.Query("SELECT " LANDED_FILE_COLUMNS
                      " FROM landed_file WHERE dataset = ?1 ORDER BY path, id",
                      dataset),
      FromRow);
}

Result<std::vector<LandedFile>> LandedFiles::ListHeld(const std::string& dataset) {
  return AllRows<LandedFile>(
      database_.Query("SELECT " LANDED_FILE_COLUMNS
                      " FROM landed_file WHERE dataset = ?1 AND state = 'held' ORDER BY path, id",
                      dataset),
      FromRow);
}

Result<std::vector<std::string>> LandedFiles::ListPartitionKeys(const std::string& dataset) {
  return AllRows<std::string>(
      database_.Query("SELECT DISTINCT partition_key FROM landed_file WHERE dataset = ?1"
                      " ORDER BY partition_key",
                      dataset),
      [](const SqliteStatement& row) { return row.Text(0); });
}

Status LandedFiles::MarkSeen(int64_t id) {
  return SetState(id, LandedFileState::kSeen, std::nullopt);
}

Status LandedFiles::MarkConsumed(int64_t id, const std::string& run_id) {
  LAKEGATE_ASSIGN(
      const int64_t changed,
      database_.Run("UPDATE landed_file SET run_id = ?2, held_reason = NULL,"
                    " state = CASE state WHEN 'gone' THEN 'gone' ELSE 'consumed' END WHERE id = ?1",
                    id, run_id));
  if (changed == 0) return UnknownFile(id);
  return {};
}

Status LandedFiles::MarkSuperseded(int64_t id) {
  LAKEGATE_ASSIGN(const int64_t changed,
                  database_.Run("UPDATE landed_file SET run_id = NULL WHERE id = ?1", id));
  if (changed == 0) return UnknownFile(id);
  return {};
}

Status LandedFiles::MarkHeld(int64_t id, const std::string& reason,
                             const std::optional<std::string>& rules) {
  LAKEGATE_TRY(SetState(id, LandedFileState::kHeld, reason));
  LAKEGATE_TRY(database_.Run("UPDATE landed_file SET held_by = ?2 WHERE id = ?1", id, rules));
  return {};
}

Status LandedFiles::MarkIgnored(int64_t id, const std::string& reason) {
  return SetState(id, LandedFileState::kIgnored, reason);
}

Status LandedFiles::MarkGone(int64_t id) {
  LAKEGATE_ASSIGN(const int64_t changed,
                  database_.Run("UPDATE landed_file SET state = 'gone' WHERE id = ?1", id));
  if (changed == 0) return UnknownFile(id);
  return {};
}

Status LandedFiles::SetStoredPath(int64_t id, const std::string& stored_path) {
  LAKEGATE_ASSIGN(
      const int64_t changed,
      database_.Run("UPDATE landed_file SET stored_path = ?2 WHERE id = ?1", id, stored_path));
  if (changed == 0) return UnknownFile(id);
  return {};
}

Status LandedFiles::SetState(int64_t id, LandedFileState state,
                             const std::optional<std::string>& reason) {
  LAKEGATE_ASSIGN(const int64_t changed,
                  database_.Run("UPDATE landed_file SET state = ?2, run_id = NULL,"
                                " held_reason = ?3 WHERE id = ?1",
                                id, Name(state), reason));
  if (changed == 0) return UnknownFile(id);
  return {};
}

}  // namespace lakegate
