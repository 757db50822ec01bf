#include "ledger/part_sources.h"

#include <algorithm>
#include <set>

#include "ledger/sqlite_rows.h"

namespace lakegate {

Result<std::vector<PlacedSource>> PartSources::ListForFile(const std::string& dataset,
                                                           int64_t landed_file_id) {
  // The plus keeps SQLite from walking the whole dataset in the order of another index.
  return AllRows<PlacedSource>(
      database_.Query("SELECT partition_key, name, first_row, rows FROM part_source"
                      " WHERE landed_file_id = ?2 AND dataset = ?1"
                      " ORDER BY +partition_key, name, first_row",
                      dataset, landed_file_id),
      [&](const SqliteStatement& row) {
        return PlacedSource{row.Text(0), {row.Text(1), row.Int(2), row.Int(3), landed_file_id}};
      });
}

Result<std::vector<PartSource>> PartSources::ListForPartition(const std::string& dataset,
                                                              const std::string& partition_key) {
  return AllRows<PartSource>(
      database_.Query("SELECT name, first_row, rows, landed_file_id FROM part_source"
                      " WHERE dataset = ?1 AND partition_key = ?2 ORDER BY name, first_row",
                      dataset, partition_key),
      [](const SqliteStatement& row) {
        return PartSource{row.Text(0), row.Int(1), row.Int(2), row.Int(3)};
      });
}

Status PartSources::Replace(const std::string& dataset, const std::string& partition_key,
                            const std::vector<PublishedFile>& files,
                            const std::vector<PartSource>& sources) {
  LAKEGATE_ASSIGN(const std::vector<std::string> known,
                  AllRows<std::string>(database_.Query("SELECT DISTINCT name FROM part_source"
                                                       " WHERE dataset = ?1 AND partition_key = ?2",
                                                       dataset, partition_key),
                                       [](const SqliteStatement& row) { return row.Text(0); }));
  std::set<std::string> live;
  for (const PublishedFile& file : files) live.insert(file.name);
  for (const PartSource& source : sources) live.erase(source.name);  // told anew
  for (const std::string& name : known) {
    if (live.contains(name)) continue;
    LAKEGATE_TRY(
        database_.Run("DELETE FROM part_source WHERE dataset = ?1 AND partition_key = ?2"
                      " AND name = ?3",
                      dataset, partition_key, name));
  }
  for (const PartSource& source : sources) {
    LAKEGATE_TRY(database_.Run(
        "INSERT INTO part_source (dataset, partition_key, name, first_row, rows,"
        " landed_file_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        dataset, partition_key, source.name, source.first_row, source.rows, source.landed_file_id));
  }
  return {};
}

}  // namespace lakegate
