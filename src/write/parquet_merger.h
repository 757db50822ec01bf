// Many small Parquet files to few large ones: the same rows in the same order, the same columns.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "storage/storage.h"
#include "write/table_writer.h"

namespace lakegate {

struct MergeRequest {
  std::vector<std::string> sources;  // in order; all of one ParquetSchemaText
  std::string directory;             // must exist; the files are written there
  std::vector<int64_t> numbers;      // ascending, for the names; as many as sources
  int64_t target_bytes = 0;          // a file that has so many is closed, and the next one begun
};

// Encodings and compression are those of the largest source; in memory is a row group of a source
// and one that is written. kCorrupt: a source cannot be read. kUnsupported: a column would not have
// the type that it has.
Result<std::vector<WrittenFile>> MergeParquet(Storage* storage, const MergeRequest& request);

// Names, types and nesting of a file's columns; equal texts: rows of both can be in one file.
Result<std::string> ParquetSchemaText(Storage* storage, const std::string& path);

}  // namespace lakegate
