#include "ledger/quarantine_items.h"

#include <iterator>

#include "ledger/sqlite_rows.h"

namespace lakegate {

namespace {

constexpr const char* kStateNames[] = {"writing",    "open",      "replayed",
                                       "superseded", "discarded", "expired"};

#define QUARANTINE_ITEM_COLUMNS                                                            \
  "run_id, dataset, partition_key, folder, records, is_replay, state, reason, closed_by, " \
  "recorded_us, removed_us"
#define SELECT_ITEMS "SELECT " QUARANTINE_ITEM_COLUMNS " FROM quarantine_item "
#define NEWEST_FIRST " ORDER BY recorded_us DESC, run_id DESC"

QuarantineState StateFromName(const std::string& name) {
  for (size_t i = 0; i < std::size(kStateNames); ++i) {
    if (name == kStateNames[i]) return static_cast<QuarantineState>(i);
  }
  return QuarantineState::kOpen;  // the table's CHECK allows no other
}

QuarantineItem FromRow(const SqliteStatement& row) {
  QuarantineItem item;
  item.run_id = row.Text(0);
  item.dataset = row.Text(1);
  item.partition_key = row.Text(2);
  item.folder = row.Text(3);
  item.records = row.Int(4);
  item.is_replay = row.Int(5) != 0;
  item.state = StateFromName(row.Text(6));
  item.reason = row.OptionalText(7);
  item.closed_by = row.OptionalText(8);
  item.recorded_us = row.Int(9);
  item.removed_us = row.OptionalInt(10);
  return item;
}

Error UnknownItem(const std::string& run_id) {
  return {ErrorCode::kNotFound, "no records that run " + run_id + " set aside are known",
          "lakegate quarantine ls shows what there is"};
}

}  // namespace

const char* Name(QuarantineState state) { return kStateNames[static_cast<size_t>(state)]; }

std::string WhatBecameOf(const QuarantineItem& item) {
  switch (item.state) {
    case QuarantineState::kWriting:
      return "are being set aside by a run that has not ended";
    case QuarantineState::kOpen:
      return "are open";
    case QuarantineState::kReplayed:
      return "were replayed by run " + item.closed_by.value_or("?");
    case QuarantineState::kSuperseded:
      return "were judged again by run " + item.closed_by.value_or("?");
    case QuarantineState::kDiscarded:
      return "were discarded: " + item.reason.value_or("");
    case QuarantineState::kExpired:
      return "were removed by quarantine.retention";
  }
  return "?";
}

Status QuarantineItems::Begin(const QuarantineItem& item, TimestampUs now_us) {
  LAKEGATE_TRY(database_.Run(
      "INSERT INTO quarantine_item (run_id, dataset, partition_key, folder, records, is_replay,"
      " state, recorded_us) VALUES (?1, ?2, ?3, ?4, 0, ?5, 'writing', ?6)",
      item.run_id, item.dataset, item.partition_key, item.folder, item.is_replay ? 1 : 0, now_us));
  return {};
}

Status QuarantineItems::SetRecords(const std::string& run_id, int64_t records) {
  LAKEGATE_ASSIGN(const int64_t changed,
                  database_.Run("UPDATE quarantine_item SET records = ?2 WHERE run_id = ?1"
                                " AND state = 'writing'",
                                run_id, records));
  if (changed == 1) return {};
  return Error{ErrorCode::kConflict,
               "run " + run_id + " was taken for dead, and its quarantine removed", "run again"};
}

Status QuarantineItems::OpenOrForget(const std::string& run_id, TimestampUs now_us) {
  LAKEGATE_TRY(
      database_.Run("DELETE FROM quarantine_item WHERE run_id = ?1 AND records = 0"
                    " AND state = 'writing'",
                    run_id));
  LAKEGATE_TRY(
      database_.Run("UPDATE quarantine_item SET state = 'open', recorded_us = ?2"
                    " WHERE run_id = ?1 AND state = 'writing'",
                    run_id, now_us));
  return {};
}

Status QuarantineItems::CloseByPublication(const std::string& run_id, TimestampUs now_us) {
  LAKEGATE_TRY(
      database_.Run("UPDATE quarantine_item SET closed_by = ?1, closed_us = ?2,"
                    " state = CASE (SELECT is_replay FROM quarantine_item WHERE run_id = ?1) WHEN 1"
                    " THEN 'replayed' ELSE 'superseded' END"
                    " WHERE state = 'open' AND run_id <> ?1 AND (dataset, partition_key) ="
                    " (SELECT dataset, partition_key FROM run WHERE id = ?1)",
                    run_id, now_us));
  return OpenOrForget(run_id, now_us);
}

Status QuarantineItems::CloseByLoad(const std::string& run_id, TimestampUs now_us) {
  LAKEGATE_TRY(database_.Run(
      "UPDATE quarantine_item SET closed_by = ?1, closed_us = ?2,"
      " state = CASE (SELECT is_replay FROM quarantine_item WHERE run_id = ?1) WHEN 1"
      " THEN 'replayed' ELSE 'superseded' END"
      " WHERE state = 'open' AND run_id <> ?1 AND (dataset, partition_key) ="
      " (SELECT dataset, partition_key FROM run WHERE id = ?1)"
      " AND NOT EXISTS (SELECT 1 FROM landed_file WHERE run_id = quarantine_item.run_id)",
      run_id, now_us));
  return OpenOrForget(run_id, now_us);
}

Status QuarantineItems::CloseByRefusal(const std::string& run_id, TimestampUs now_us) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database_));
  LAKEGATE_TRY(database_.Run(
      "UPDATE quarantine_item SET closed_by = ?1, closed_us = ?2, state = 'superseded'"
      " WHERE state = 'open' AND run_id <> ?1 AND (dataset, partition_key) ="
      " (SELECT dataset, partition_key FROM run WHERE id = ?1)"
      " AND NOT EXISTS (SELECT 1 FROM publication WHERE run_id = quarantine_item.run_id)"
      " AND NOT EXISTS (SELECT 1 FROM landed_file WHERE dataset = quarantine_item.dataset"
      " AND run_id = quarantine_item.run_id)",
      run_id, now_us));
  LAKEGATE_TRY(OpenOrForget(run_id, now_us));
  return transaction.Commit();
}

Status QuarantineItems::Discard(const std::string& run_id, const std::string& reason,
                                TimestampUs now_us) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database_));
  LAKEGATE_ASSIGN(const std::optional<QuarantineItem> item, Find(run_id));
  if (!item) return UnknownItem(run_id);
  if (item->state != QuarantineState::kOpen) {
    return Error{ErrorCode::kConflict,
                 "the records that run " + run_id + " set aside " + WhatBecameOf(*item),
                 "only open ones can be discarded: lakegate quarantine ls --state open"};
  }
  LAKEGATE_TRY(
      database_.Run("UPDATE quarantine_item SET state = 'discarded', reason = ?2,"
                    " closed_us = ?3 WHERE run_id = ?1",
                    run_id, reason, now_us));
  return transaction.Commit();
}

Status QuarantineItems::MarkRemoved(const std::string& run_id, TimestampUs now_us) {
  LAKEGATE_TRY(
      database_.Run("UPDATE quarantine_item SET removed_us = ?2,"
                    " state = CASE state WHEN 'open' THEN 'expired' ELSE state END"
                    " WHERE run_id = ?1",
                    run_id, now_us));
  return {};
}

Status QuarantineItems::Forget(const std::string& run_id) {
  LAKEGATE_TRY(database_.Run("DELETE FROM quarantine_item WHERE run_id = ?1", run_id));
  return {};
}

Result<std::optional<QuarantineItem>> QuarantineItems::Find(const std::string& run_id) {
  return FirstRow<QuarantineItem>(database_.Query(SELECT_ITEMS "WHERE run_id = ?1", run_id),
                                  FromRow);
}

Result<std::vector<QuarantineItem>> QuarantineItems::ListForDataset(const std::string& dataset) {
  return AllRows<QuarantineItem>(
      database_.Query(SELECT_ITEMS "WHERE dataset = ?1 AND state <> 'writing'" NEWEST_FIRST,
                      dataset),
      FromRow);
}

Result<std::vector<QuarantineItem>> QuarantineItems::ListOpen(const std::string& dataset,
                                                              const std::string& partition_key) {
  return AllRows<QuarantineItem>(
      database_.Query(SELECT_ITEMS
                      "WHERE dataset = ?1 AND partition_key = ?2 AND state = 'open'" NEWEST_FIRST,
                      dataset, partition_key),
      FromRow);
}

Result<std::vector<QuarantineItem>> QuarantineItems::ListWriting() {
  return AllRows<QuarantineItem>(
      database_.Query(SELECT_ITEMS "WHERE state = 'writing'" NEWEST_FIRST), FromRow);
}

Result<std::vector<QuarantineItem>> QuarantineItems::ListAll() {
  return AllRows<QuarantineItem>(database_.Query(SELECT_ITEMS NEWEST_FIRST), FromRow);
}

}  // namespace lakegate
