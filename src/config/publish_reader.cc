// publish: of datasets and models.
#include <algorithm>

#include "config/dataset_reader.h"

namespace lakegate {
namespace {

void ReadAddedColumns(MapReader& map, Publish& publish) {
  const YamlNode* node = map.FindMap("add_columns");
  if (node == nullptr) return;
  MapReader columns(*node, "'add_columns'", map.problems());
  for (const YamlEntry& entry : node->entries) {
    if (entry.key.empty()) map.Error(entry.mark, "empty-name", "an added column has no name");
    if (auto column =
            columns.OneOf<AddedColumn>(entry.key, {{"run_started_at", AddedColumn::kRunStartedAt},
                                                   {"run_id", AddedColumn::kRunId},
                                                   {"code_version", AddedColumn::kCodeVersion},
                                                   {"source_file", AddedColumn::kSourceFile},
                                                   {"source_line", AddedColumn::kSourceLine},
                                                   {"landed_at", AddedColumn::kLandedAt}})) {
      publish.add_columns.emplace_back(entry.key, column->value);
    }
  }
}

// `column`, or `{date: column}` with an optional name for the partition column.
void ReadPartitionItem(const YamlNode& item, const FileProblems& problems, Publish* publish) {
  if (item.kind == YamlKind::kText) return publish->partition_by.push_back(item.text);
  MapReader map(item, "an item of 'partition_by'", problems);
  map.Require("date");
  DatePartition date;
  if (auto column = map.Text("date")) date.column = column->value;
  date.name = date.column + "_date";
  if (auto name = map.Text("as")) date.name = name->value;
  map.RefuseUnknown();
  publish->partition_by.push_back(date.name);
  publish->date_columns.push_back(std::move(date));
}

void ReadPartitionBy(MapReader& map, Publish* publish) {
  const YamlNode* node = map.Find("partition_by");
  if (node == nullptr) return;
  if (node->kind != YamlKind::kList) {
    map.WrongKind("partition_by", *node, "a list such as [country] or [{date: event_ts}]");
    return;
  }
  for (const YamlNode& item : node->items) {
    if (item.kind == YamlKind::kText || item.kind == YamlKind::kMap) {
      ReadPartitionItem(item, map.problems(), publish);
    } else {
      map.WrongKind("partition_by", item, "a column's name or {date: column}");
    }
  }
}

void ReadTombstone(MapReader& map, Tombstone* tombstone) {
  const YamlNode* node = map.Find("tombstone");
  if (node == nullptr) return;
  if (node->kind == YamlKind::kText) {
    *tombstone = {node->text, "true"};
    return;
  }
  if (node->kind != YamlKind::kMap || node->entries.size() != 1) {
    map.WrongKind("tombstone", *node, "a boolean column, or {column: value} such as {op: delete}");
    return;
  }
  const YamlEntry& entry = node->entries[0];
  MapReader column(*node, "'tombstone'", map.problems());
  if (auto value = column.Text(entry.key)) *tombstone = {entry.key, value->value};
}

void ReadCompact(MapReader& map, Publish* publish) {
  const YamlNode* node = map.FindMap("compact");
  if (node == nullptr) return;
  if (!TakesFilesOnce(publish->mode)) {
    map.Error(map.KeyMark("compact"), "compact-mode",
              std::string("'compact' has a meaning only with mode: append or upsert; ") +
                  Name(publish->mode) + " writes all files of a partition anew",
              "remove it");
  }
  Compact& compact = publish->compact;
  compact.after_load = true;
  MapReader reader(*node, "'compact'", map.problems());
  compact.target_bytes = ReadSize(reader, "target").value_or(compact.target_bytes);
  if (compact.target_bytes < 1) {
    reader.Error(reader.KeyMark("target"), "out-of-range", "'target' must be more than nothing");
    compact.target_bytes = kDefaultCompactTargetBytes;
  }
  if (auto files = reader.Integer("min_files")) {
    compact.min_files = files->value;
    if (files->value < 2) {
      reader.Error(reader.KeyMark("min_files"), "out-of-range",
                   "'min_files' must be at least 2: one file cannot be merged");
    }
  }
  reader.RefuseUnknown();
}

void CheckUpsert(const MapReader& map, const Publish& publish) {
  const bool upsert = publish.mode == PublishMode::kUpsert;
  if (upsert && publish.key.empty()) {
    map.Error(map.node().mark, "upsert-key", "mode: upsert needs a key", "add key: [column]");
  }
  if (upsert && !publish.key.empty() && publish.order_by.empty()) {
    map.Error(map.node().mark, "upsert-key",
              "mode: upsert needs order_by, the column that says which of two rows is newer",
              "add order_by: updated_at");
  }
  for (const char* key : {"key", "order_by", "tombstone"}) {
    if (upsert || map.node().Find(key) == nullptr) continue;
    map.Error(map.KeyMark(key), "upsert-key",
              std::string("'") + key + "' has a meaning only with mode: upsert", "remove it");
  }
}

}  // namespace

Publish ReadPublish(const YamlNode& node, const std::string& what, const FileProblems& problems) {
  Publish publish;
  publish.position = problems.At(node);
  MapReader map(node, "publish of " + what, problems);
  if (auto mode =
          map.OneOf<PublishMode>("mode", {{"replace_partition", PublishMode::kReplacePartition},
                                          {"append", PublishMode::kAppend},
                                          {"upsert", PublishMode::kUpsert},
                                          {"replace_table", PublishMode::kReplaceTable}})) {
    publish.mode = mode->value;
  }
  ReadPartitionBy(map, &publish);
  if (auto format = map.OneOf<TableFormat>("format", {{"parquet", TableFormat::kParquet},
                                                      {"ndjson", TableFormat::kNdjson},
                                                      {"csv", TableFormat::kCsv}})) {
    publish.format = format->value;
  }
  if (auto codec = map.OneOf<Codec>(
          "codec", {{"zstd", Codec::kZstd}, {"snappy", Codec::kSnappy}, {"none", Codec::kNone}})) {
    publish.codec = codec->value;
  }
  publish.key = ReadNames(map, "key");
  if (auto order = map.Text("order_by")) publish.order_by = order->value;
  ReadTombstone(map, &publish.tombstone);
  ReadAddedColumns(map, publish);
  ReadCompact(map, &publish);
  map.RefuseUnknown();
  CheckUpsert(map, publish);
  return publish;
}

const char* Name(PublishMode mode) {
  switch (mode) {
    case PublishMode::kReplacePartition:
      return "replace_partition";
    case PublishMode::kAppend:
      return "append";
    case PublishMode::kUpsert:
      return "upsert";
    case PublishMode::kReplaceTable:
      return "replace_table";
  }
  return "?";
}

const char* Name(AddedColumn column) {
  switch (column) {
    case AddedColumn::kRunStartedAt:
      return "run_started_at";
    case AddedColumn::kRunId:
      return "run_id";
    case AddedColumn::kCodeVersion:
      return "code_version";
    case AddedColumn::kSourceFile:
      return "source_file";
    case AddedColumn::kSourceLine:
      return "source_line";
    case AddedColumn::kLandedAt:
      return "landed_at";
  }
  return "?";
}

}  // namespace lakegate
