#include "ledger/history_copies.h"

#include "ledger/sqlite_rows.h"

namespace lakegate {

namespace {

HistoryCopy FromRow(const SqliteStatement& row) { return {row.Text(0), row.Int(1), row.Text(2)}; }

}  // namespace

Status HistoryCopies::Record(const HistoryCopy& copy) {
  LAKEGATE_TRY(
      database_.Run("INSERT OR REPLACE INTO history_copy (run_id, landed_file_id, stored_path)"
                    " VALUES (?1, ?2, ?3)",
                    copy.run_id, copy.landed_file_id, copy.stored_path));
  return {};
}

Result<std::vector<HistoryCopy>> HistoryCopies::List() {
  return AllRows<HistoryCopy>(
      database_.Query("SELECT run_id, landed_file_id, stored_path FROM history_copy"
                      " ORDER BY run_id, landed_file_id"),
      FromRow);
}

Result<std::vector<HistoryCopy>> HistoryCopies::ListForRun(const std::string& run_id) {
  return AllRows<HistoryCopy>(
      database_.Query("SELECT run_id, landed_file_id, stored_path FROM history_copy"
                      " WHERE run_id = ?1 ORDER BY landed_file_id",
                      run_id),
      FromRow);
}

Result<bool> HistoryCopies::IsNeeded(const HistoryCopy& copy) {
  LAKEGATE_ASSIGN(
      const auto needed,
      FirstRow<int64_t>(
          database_.Query("SELECT EXISTS (SELECT 1 FROM landed_file WHERE stored_path = ?1)"
                          " OR EXISTS (SELECT 1 FROM history_copy WHERE stored_path = ?1"
                          " AND NOT (run_id = ?2 AND landed_file_id = ?3))",
                          copy.stored_path, copy.run_id, copy.landed_file_id),
          [](const SqliteStatement& row) { return row.Int(0); }));
  return needed.value_or(0) != 0;
}

Result<bool> HistoryCopies::IsFolderInUse(const HistoryCopy& copy) {
  const std::string folder = copy.stored_path.substr(0, copy.stored_path.rfind('/') + 1);
  LAKEGATE_ASSIGN(
      const auto in_use,
      FirstRow<int64_t>(database_.Query("SELECT EXISTS (SELECT 1 FROM history_copy"
                                        " WHERE substr(stored_path, 1, length(?1)) = ?1"
                                        " AND NOT (run_id = ?2 AND landed_file_id = ?3))",
                                        folder, copy.run_id, copy.landed_file_id),
                        [](const SqliteStatement& row) { return row.Int(0); }));
  return in_use.value_or(0) != 0;
}

Status HistoryCopies::Apply(const std::string& run_id) {
  LAKEGATE_TRY(database_.Run(
      "UPDATE landed_file SET stored_path = history_copy.stored_path FROM history_copy"
      " WHERE history_copy.run_id = ?1 AND landed_file.id = history_copy.landed_file_id",
      run_id));
  LAKEGATE_TRY(database_.Run("DELETE FROM history_copy WHERE run_id = ?1", run_id));
  return {};
}

Status HistoryCopies::Forget(const HistoryCopy& copy) {
  LAKEGATE_TRY(database_.Run("DELETE FROM history_copy WHERE run_id = ?1 AND landed_file_id = ?2",
                             copy.run_id, copy.landed_file_id));
  return {};
}

}  // namespace lakegate
