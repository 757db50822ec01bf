// datasets.<name>.publish as typed values: how a dataset becomes a table.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/source_position.h"

namespace lakegate {

enum class PublishMode : uint8_t { kReplacePartition, kAppend, kUpsert, kReplaceTable };
enum class TableFormat : uint8_t { kParquet, kNdjson, kCsv };
enum class Codec : uint8_t { kZstd, kSnappy, kNone };
enum class AddedColumn : uint8_t {
  kRunStartedAt,
  kRunId,
  kCodeVersion,
  kSourceFile,
  kSourceLine,
  kLandedAt,
};
const char* Name(PublishMode mode);    // "replace_partition", ...
const char* Name(AddedColumn column);  // "run_started_at", ...
// Whether a run takes only files that were not taken before, and adds them to what is there.
inline bool TakesFilesOnce(PublishMode mode) {
  return mode == PublishMode::kAppend || mode == PublishMode::kUpsert;
}

// A partition column that is the date (UTC) of a timestamp, or a date, of the record.
struct DatePartition {
  std::string name;    // of the partition column
  std::string column;  // where the time is
};

// Which records take their key's row out of an upserted table.
struct Tombstone {
  std::string column;  // empty: none do
  std::string value;   // as text; of a boolean column "true"
};

// Merging small files into ones of the target size: on demand, and after a load if the config says
// so.
inline constexpr int64_t kDefaultCompactTargetBytes = 256'000'000;
inline constexpr int64_t kDefaultCompactMinFiles = 8;
struct Compact {
  bool after_load = false;  // publish.compact is there
  int64_t target_bytes = kDefaultCompactTargetBytes;
  int64_t min_files = kDefaultCompactMinFiles;  // small ones of a partition, before a run does it
};

struct Publish {
  PublishMode mode = PublishMode::kReplacePartition;
  std::vector<std::string> partition_by;    // the partition columns, outermost folder first
  std::vector<std::string> path_columns;    // those of them that landing.path captures
  std::vector<DatePartition> date_columns;  // those of them that are dates of a time
  TableFormat format = TableFormat::kParquet;
  Codec codec = Codec::kZstd;
  std::vector<std::string> key;                                  // kUpsert
  std::string order_by;                                          // kUpsert
  Tombstone tombstone;                                           // kUpsert
  std::vector<std::pair<std::string, AddedColumn>> add_columns;  // column name, what it holds
  Compact compact;                                               // kAppend, kUpsert
  SourcePosition position;
};

}  // namespace lakegate
