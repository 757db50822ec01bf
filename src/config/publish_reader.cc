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

void CheckUpsert(const MapReader& map, const Publish& publish) {
  const bool upsert = publish.mode == PublishMode::kUpsert;
  if (upsert && publish.key.empty()) {
    map.Error(map.node().mark, "upsert-key", "mode: upsert needs a key", "add key: [column]");
  }
  for (const char* key : {"key", "order_by"}) {
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
  publish.partition_by = ReadNames(map, "partition_by");
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
  ReadAddedColumns(map, publish);
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
