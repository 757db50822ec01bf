#include "ledger/bookmarks.h"

#include "ledger/sqlite_rows.h"

namespace lakegate {

namespace {

// Files taken by runs that ended since: a run ends in the transaction that publishes.
#define TAKEN_SINCE                                                               \
  " WHERE landed_file.dataset = ?1 AND landed_file.run_id IN (SELECT id FROM run" \
  " WHERE dataset = ?1 AND ended_us >= ?2)"

}  // namespace

Result<Bookmark> Bookmarks::Find(const std::string& dataset) {
  Bookmark bookmark;
  LAKEGATE_ASSIGN(bookmark.paused_us, FindPause(dataset));
  LAKEGATE_ASSIGN(
      auto counted,
      FirstRow<Bookmark>(database_.Query("SELECT count(*) FILTER (WHERE state = 'consumed'),"
                                         " count(*) FILTER (WHERE state = 'seen'),"
                                         " count(*) FILTER (WHERE state = 'held'),"
                                         " count(*) FILTER (WHERE state = 'ignored')"
                                         " FROM landed_file WHERE dataset = ?1",
                                         dataset),
                         [&](const SqliteStatement& row) {
                           Bookmark counts = bookmark;
                           counts.consumed = row.Int(0);
                           counts.waiting = row.Int(1);
                           counts.held = row.Int(2);
                           counts.ignored = row.Int(3);
                           return counts;
                         }));
  bookmark = counted.value_or(bookmark);
  LAKEGATE_ASSIGN(auto last,
                  (FirstRow<std::pair<std::string, TimestampUs>>(
                      database_.Query("SELECT id, ended_us FROM run WHERE dataset = ?1"
                                      " AND ended_us IS NOT NULL AND id IN (SELECT run_id FROM"
                                      " landed_file WHERE dataset = ?1 AND run_id IS NOT NULL)"
                                      " ORDER BY ended_us DESC, id DESC LIMIT 1",
                                      dataset),
                      [](const SqliteStatement& row) {
                        return std::pair(row.Text(0), static_cast<TimestampUs>(row.Int(1)));
                      })));
  if (last) {
    bookmark.last_run_id = last->first;
    bookmark.last_taken_us = last->second;
  }
  return bookmark;
}

Result<std::optional<TimestampUs>> Bookmarks::FindPause(const std::string& dataset) {
  return FirstRow<TimestampUs>(
      database_.Query("SELECT paused_us FROM bookmark WHERE dataset = ?1", dataset),
      [](const SqliteStatement& row) { return row.Int(0); });
}

Status Bookmarks::Pause(const std::string& dataset, TimestampUs now_us) {
  LAKEGATE_TRY(
      database_.Run("INSERT INTO bookmark (dataset, paused_us) VALUES (?1, ?2)"
                    " ON CONFLICT (dataset) DO NOTHING",
                    dataset, now_us));
  return {};
}

Status Bookmarks::Resume(const std::string& dataset) {
  LAKEGATE_TRY(database_.Run("DELETE FROM bookmark WHERE dataset = ?1", dataset));
  return {};
}

Result<Rewound> Bookmarks::Rewind(const std::string& dataset, TimestampUs from_us) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database_));
  Rewound rewound;
  LAKEGATE_ASSIGN(auto gone,
                  FirstRow<int64_t>(database_.Query("SELECT count(*) FROM landed_file" TAKEN_SINCE
                                                    " AND state = 'gone'",
                                                    dataset, from_us),
                                    [](const SqliteStatement& row) { return row.Int(0); }));
  rewound.gone = gone.value_or(0);
  LAKEGATE_ASSIGN(rewound.files, database_.Run("UPDATE landed_file SET state = 'seen'" TAKEN_SINCE
                                               " AND state = 'consumed'",
                                               dataset, from_us));
  LAKEGATE_TRY(transaction.Commit());
  return rewound;
}

Result<std::optional<TimestampUs>> Bookmarks::FindPublication(const std::string& dataset,
                                                              const std::string& run_id) {
  return FirstRow<TimestampUs>(
      database_.Query("SELECT ended_us FROM run WHERE id = ?2 AND dataset = ?1"
                      " AND ended_us IS NOT NULL AND EXISTS (SELECT 1 FROM landed_file"
                      " WHERE dataset = ?1 AND run_id = ?2)",
                      dataset, run_id),
      [](const SqliteStatement& row) { return row.Int(0); });
}

}  // namespace lakegate
