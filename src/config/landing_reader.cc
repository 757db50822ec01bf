// datasets.<name>.landing: which files, how they are read, when they are ready.
#include "config/dataset_reader.h"
#include "config/path_pattern.h"
#include "config/quantity.h"
#include "contract/csv_dialect_reader.h"

namespace lakegate {
namespace {

void ReadPath(MapReader& map, Landing& landing) {
  map.Require("path");
  const auto path = map.Text("path");
  if (!path) return;
  landing.path = path->value;
  const auto pattern = PathPattern::Compile(path->value);
  if (pattern) return;
  map.problems().diagnostics.Error(path->position, "bad-path", pattern.error().message,
                                   pattern.error().hint);
}

void ReadFormat(MapReader& map, Landing& landing) {
  enum class Word { kNdjson, kCsv, kTsv, kParquet };
  const auto word = map.OneOf<Word>("format", {{"ndjson", Word::kNdjson},
                                               {"csv", Word::kCsv},
                                               {"tsv", Word::kTsv},
                                               {"parquet", Word::kParquet}});
  if (!word) return;
  landing.is_parquet = word->value == Word::kParquet;
  if (landing.is_parquet) return;
  landing.is_tsv = word->value == Word::kTsv;
  landing.format = word->value == Word::kNdjson ? FileFormat::kNdjson : FileFormat::kCsv;
  landing.input.format = *landing.format;
}

void ReadDialect(MapReader& map, Landing& landing) {
  CsvDialect defaults;
  if (landing.is_tsv) defaults.delimiter = '\t';
  landing.input.csv = defaults;
  if (const YamlNode* csv = map.Find("csv")) {
    landing.input.csv = ReadCsvDialect(*csv, map.problems(), defaults);
    if (landing.format == FileFormat::kNdjson) {
      map.Error(map.KeyMark("csv"), "csv-of-json", "'csv' has no meaning for format: ndjson",
                "remove it");
    }
  }
  if (auto order = map.OneOf<ColumnOrder>(
          "order", {{"exact", ColumnOrder::kExact}, {"any", ColumnOrder::kAny}})) {
    landing.input.csv.order = order->value;
  }
}

void ReadInputLimits(MapReader& map, Landing& landing) {
  ReadLimits& limits = landing.input.limits;
  if (auto depth = map.Integer("max_depth")) {
    if (depth->value < 1 || depth->value > 1000) {
      map.problems().diagnostics.Error(depth->position, "out-of-range",
                                       "'max_depth' must be from 1 to 1000");
    } else {
      limits.max_depth = static_cast<int>(depth->value);
    }
  }
  if (auto bytes = ReadSize(map, "max_record_bytes")) {
    constexpr int64_t kMost = int64_t{1} << 30;
    if (*bytes < 1 || *bytes > kMost) {
      map.Error(map.KeyMark("max_record_bytes"), "out-of-range",
                "'max_record_bytes' must be from 1 byte to 1GiB");
    } else {
      limits.max_record_bytes = *bytes;
    }
  }
  if (auto keys = map.OneOf<DuplicateKeys>("duplicate_keys", {{"reject", DuplicateKeys::kReject},
                                                              {"first", DuplicateKeys::kFirst},
                                                              {"last", DuplicateKeys::kLast}})) {
    limits.duplicate_keys = keys->value;
  }
}

void ReadReady(MapReader& map, Landing& landing) {
  const YamlNode* node = map.Find("ready");
  if (node == nullptr) return;
  Ready& ready = landing.ready;
  if (node->kind == YamlKind::kText && node->text == "immediate") return;
  if (node->kind != YamlKind::kMap || node->entries.size() != 1) {
    map.WrongKind("ready", *node, "immediate, {stable: 10s} or {marker: _SUCCESS}");
    return;
  }
  MapReader kind(*node, "'ready'", map.problems());
  if (auto stable = ReadDuration(kind, "stable")) {
    ready = {ReadyKind::kStable, *stable, ""};
  } else if (auto marker = kind.Text("marker")) {
    ready = {ReadyKind::kMarker, 0, marker->value};
  }
  kind.Ignore({"marker"});
  kind.RefuseUnknown();
}

std::optional<int64_t> ReadLeast(MapReader& map, const char* key) {
  const auto count = map.Integer(key);
  if (!count || count->value >= 0) return count ? std::optional(count->value) : std::nullopt;
  map.problems().diagnostics.Error(count->position, "negative",
                                   std::string("'") + key + "' cannot be negative");
  return std::nullopt;
}

void ReadExpectations(MapReader& map, Landing& landing) {
  const YamlNode* node = map.Find("expect");
  if (node == nullptr) return;
  Expectations& expect = landing.expect;
  MapReader reader(*node, "'expect'", map.problems());
  expect.min_files = ReadLeast(reader, "min_files").value_or(expect.min_files);
  expect.min_records = ReadLeast(reader, "min_records").value_or(expect.min_records);
  expect.min_bytes = ReadSize(reader, "min_bytes").value_or(expect.min_bytes);
  expect.max_bytes = ReadSize(reader, "max_bytes");
  if (expect.max_bytes && *expect.max_bytes < expect.min_bytes) {
    reader.Error(reader.KeyMark("max_bytes"), "empty-range",
                 "'max_bytes' is less than 'min_bytes'");
  }
  if (auto by = reader.Text("by")) {
    const auto deadline = ParseDeadline(by->value);
    if (!deadline) {
      map.problems().diagnostics.Error(
          by->position, "bad-time", "'by' is no time of day in UTC: '" + by->value + "'",
          "write \"06:00 UTC\", or \"06:00 UTC +1d\" for the day after");
    } else {
      expect.by_utc_s = deadline->utc_s;
      expect.by_days_later = deadline->days_later;
    }
  }
  reader.RefuseUnknown();
}

void ReadBatch(MapReader& map, Landing& landing) {
  const YamlNode* node = map.FindMap("batch");
  if (node == nullptr) return;
  MapReader batch(*node, "'batch'", map.problems());
  batch.Require("files");
  if (auto files = batch.Integer("files")) {
    landing.batch_files = files->value;
    if (files->value < 1) {
      batch.Error(batch.KeyMark("files"), "out-of-range", "'files' must be at least 1");
      landing.batch_files.reset();
    }
  }
  batch.RefuseUnknown();
  if (landing.batch_files && landing.expect.min_files > 1) {
    map.Error(map.KeyMark("batch"), "batch-and-min-files",
              "'expect.min_files' is of all files of a partition; with 'batch' they are judged in "
              "parts",
              "leave out one of the two");
  }
}

}  // namespace

Landing ReadLanding(const YamlNode& node, const std::string& what, const FileProblems& problems) {
  Landing landing;
  landing.position = problems.At(node);
  MapReader map(node, "landing of " + what, problems);
  ReadPath(map, landing);
  ReadFormat(map, landing);
  ReadDialect(map, landing);
  ReadInputLimits(map, landing);
  ReadReady(map, landing);
  if (auto keep = map.OneOf<Keep>("keep", {{"in_place", Keep::kInPlace}, {"move", Keep::kMove}})) {
    landing.keep = keep->value;
  }
  ReadExpectations(map, landing);
  ReadBatch(map, landing);
  if (auto all = map.Boolean("all_must_pass")) landing.all_must_pass = all->value;
  if (auto columns = map.OneOf<HeaderColumns>(
          "columns",
          {{"contract", HeaderColumns::kContract}, {"first_file", HeaderColumns::kFirstFile}})) {
    landing.columns = columns->value;
  }
  map.RefuseUnknown();
  return landing;
}

}  // namespace lakegate
