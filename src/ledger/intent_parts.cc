// Intents: the details of a publication of several partitions.
#include <string>

#include "ledger/intents.h"
#include "ledger/sqlite_rows.h"

namespace lakegate {

namespace {

const char* PartKindName(IntentKind kind) {
  return kind == IntentKind::kSame ? "remove" : Name(kind);
}

IntentKind PartKindFromName(const std::string& name) {
  if (name == "remove") return IntentKind::kSame;
  return name == Name(IntentKind::kExchange) ? IntentKind::kExchange : IntentKind::kFirst;
}

}  // namespace

Status Intents::RecordLoad(const std::string& run_id, const IntentLoad& load) {
  LAKEGATE_TRY(database_.Run("INSERT INTO intent_load (run_id) VALUES (?1)", run_id));
  for (const IntentPart& part : load.parts) LAKEGATE_TRY(RecordPart(run_id, part));
  for (const int64_t id : load.superseded_ids) {
    LAKEGATE_TRY(database_.Run(
        "INSERT INTO intent_superseded (run_id, landed_file_id) VALUES (?1, ?2)", run_id, id));
  }
  return {};
}

Status Intents::RecordPart(const std::string& run_id, const IntentPart& part) {
  LAKEGATE_TRY(database_.Run(
      "INSERT INTO intent_part (run_id, dataset, partition_key, kind, staged_name, live_path,"
      " staged_device, staged_inode) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      run_id, part.dataset, part.partition_key, PartKindName(part.kind), part.staged_name,
      part.live_path, static_cast<int64_t>(part.staged_device),
      static_cast<int64_t>(part.staged_inode)));
  for (const PublishedFile& file : part.files) {
    LAKEGATE_TRY(
        database_.Run("INSERT INTO intent_part_file (run_id, dataset, partition_key, name, size,"
                      " rows) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                      run_id, part.dataset, part.partition_key, file.name, file.size, file.rows));
  }
  for (const PartSource& source : part.sources) {
    LAKEGATE_TRY(
        database_.Run("INSERT INTO intent_part_source (run_id, dataset, partition_key, name,"
                      " first_row, rows, landed_file_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                      run_id, part.dataset, part.partition_key, source.name, source.first_row,
                      source.rows, source.landed_file_id));
  }
  return {};
}

Status Intents::LoadLoad(Intent& intent) {
  LAKEGATE_ASSIGN(const auto is_load,
                  FirstRow<int64_t>(
                      database_.Query("SELECT 1 FROM intent_load WHERE run_id = ?1", intent.run_id),
                      [](const SqliteStatement& row) { return row.Int(0); }));
  if (!is_load) return {};
  IntentLoad& load = intent.load.emplace();
  LAKEGATE_ASSIGN(
      load.parts,
      AllRows<IntentPart>(database_.Query("SELECT partition_key, kind, staged_name, live_path,"
                                          " staged_device, staged_inode, dataset FROM intent_part"
                                          " WHERE run_id = ?1 ORDER BY dataset, partition_key",
                                          intent.run_id),
                          [](const SqliteStatement& row) {
                            IntentPart part;
                            part.partition_key = row.Text(0);
                            part.kind = PartKindFromName(row.Text(1));
                            part.staged_name = row.Text(2);
                            part.live_path = row.Text(3);
                            part.staged_device = static_cast<uint64_t>(row.Int(4));
                            part.staged_inode = static_cast<uint64_t>(row.Int(5));
                            part.dataset = row.Text(6);
                            return part;
                          }));
  for (IntentPart& part : load.parts) LAKEGATE_TRY(LoadPart(intent.run_id, part));
  LAKEGATE_ASSIGN(load.superseded_ids,
                  AllRows<int64_t>(database_.Query("SELECT landed_file_id FROM intent_superseded"
                                                   " WHERE run_id = ?1 ORDER BY landed_file_id",
                                                   intent.run_id),
                                   [](const SqliteStatement& row) { return row.Int(0); }));
  return {};
}

Status Intents::LoadPart(const std::string& run_id, IntentPart& part) {
  LAKEGATE_ASSIGN(part.files, AllRows<PublishedFile>(
                                  database_.Query("SELECT name, size, rows FROM intent_part_file"
                                                  " WHERE run_id = ?1 AND dataset = ?2"
                                                  " AND partition_key = ?3 ORDER BY name",
                                                  run_id, part.dataset, part.partition_key),
                                  [](const SqliteStatement& row) {
                                    return PublishedFile{row.Text(0), row.Int(1), row.Int(2)};
                                  }));
  LAKEGATE_ASSIGN(
      part.sources,
      AllRows<PartSource>(database_.Query("SELECT name, first_row, rows, landed_file_id"
                                          " FROM intent_part_source WHERE run_id = ?1"
                                          " AND dataset = ?2 AND partition_key = ?3"
                                          " ORDER BY name, first_row",
                                          run_id, part.dataset, part.partition_key),
                          [](const SqliteStatement& row) {
                            return PartSource{row.Text(0), row.Int(1), row.Int(2), row.Int(3)};
                          }));
  return {};
}

}  // namespace lakegate
