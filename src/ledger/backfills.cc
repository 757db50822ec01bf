#include "ledger/backfills.h"

#include "ledger/sqlite_rows.h"

namespace lakegate {
namespace {

Backfill BackfillOf(const SqliteStatement& row) {
  Backfill backfill;
  backfill.id = row.Int(0);
  backfill.dataset = row.Text(1);
  backfill.options = row.Text(2);
  const std::string state = row.Text(3);
  if (state == Name(BackfillState::kDone)) backfill.state = BackfillState::kDone;
  if (state == Name(BackfillState::kCancelled)) backfill.state = BackfillState::kCancelled;
  backfill.created_us = row.Int(4);
  backfill.updated_us = row.Int(5);
  return backfill;
}

BackfillItem ItemOf(const SqliteStatement& row) {
  BackfillItem item;
  item.partition_key = row.Text(0);
  item.why = row.Text(1);
  const std::string state = row.Text(2);
  if (state == Name(BackfillItemState::kDone)) item.state = BackfillItemState::kDone;
  if (state == Name(BackfillItemState::kFailed)) item.state = BackfillItemState::kFailed;
  item.attempts = row.Int(3);
  item.run_id = row.OptionalText(4);
  return item;
}

constexpr const char* kColumns = "id, dataset, options, state, created_us, updated_us";

}  // namespace

const char* Name(BackfillState state) {
  switch (state) {
    case BackfillState::kOpen:
      return "open";
    case BackfillState::kDone:
      return "done";
    case BackfillState::kCancelled:
      return "cancelled";
  }
  return "?";
}

const char* Name(BackfillItemState state) {
  switch (state) {
    case BackfillItemState::kPlanned:
      return "planned";
    case BackfillItemState::kDone:
      return "done";
    case BackfillItemState::kFailed:
      return "failed";
  }
  return "?";
}

Result<int64_t> Backfills::Create(const std::string& dataset, const std::string& options,
                                  const std::vector<BackfillItem>& items, TimestampUs now_us) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database_));
  LAKEGATE_TRY(
      database_.Run("INSERT INTO backfill (dataset, options, state, created_us, updated_us)"
                    " VALUES (?1, ?2, 'open', ?3, ?3)",
                    dataset, options, now_us));
  const int64_t id = database_.last_row_id();
  int64_t position = 0;
  for (const BackfillItem& item : items) {
    LAKEGATE_TRY(database_.Run(
        "INSERT INTO backfill_item (backfill_id, position, partition_key, why, state, attempts)"
        " VALUES (?1, ?2, ?3, ?4, 'planned', 0)",
        id, position++, item.partition_key, item.why));
  }
  LAKEGATE_TRY(transaction.Commit());
  return id;
}

Result<std::optional<Backfill>> Backfills::FindOpen(const std::string& dataset,
                                                    const std::string& options) {
  return FirstRow<Backfill>(
      database_.Query(std::string("SELECT ") + kColumns +
                          " FROM backfill WHERE dataset = ?1 AND options = ?2 AND state = 'open'"
                          " ORDER BY id DESC",
                      dataset, options),
      BackfillOf);
}

Result<std::vector<Backfill>> Backfills::List(const std::string& dataset, int64_t limit) {
  return AllRows<Backfill>(
      database_.Query(std::string("SELECT ") + kColumns +
                          " FROM backfill WHERE dataset = ?1 ORDER BY id DESC LIMIT ?2",
                      dataset, limit),
      BackfillOf);
}

Result<std::vector<BackfillItem>> Backfills::Items(int64_t id) {
  return AllRows<BackfillItem>(
      database_.Query("SELECT partition_key, why, state, attempts, run_id FROM backfill_item"
                      " WHERE backfill_id = ?1 ORDER BY position",
                      id),
      ItemOf);
}

Status Backfills::SetItem(int64_t id, const std::string& partition_key, BackfillItemState state,
                          const std::string& why, const std::optional<std::string>& run_id,
                          TimestampUs now_us) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database_));
  LAKEGATE_ASSIGN(const int64_t changed,
                  database_.Run("UPDATE backfill_item SET state = ?3, why = ?4, run_id = ?5,"
                                " attempts = attempts + 1"
                                " WHERE backfill_id = ?1 AND partition_key = ?2",
                                id, partition_key, Name(state), why, run_id));
  if (changed == 0) {
    return Error{ErrorCode::kNotFound,
                 "backfill " + std::to_string(id) + " has no partition " + partition_key, ""};
  }
  LAKEGATE_TRY(database_.Run("UPDATE backfill SET updated_us = ?2 WHERE id = ?1", id, now_us));
  return transaction.Commit();
}

Status Backfills::SetState(int64_t id, BackfillState state, TimestampUs now_us) {
  return database_.Run("UPDATE backfill SET state = ?2, updated_us = ?3 WHERE id = ?1", id,
                       Name(state), now_us)
             ? Status{}
             : Status(database_.LastError());
}

}  // namespace lakegate
