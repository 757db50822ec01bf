// Parquet files made of rows of other Parquet files, without knowing what they mean: rows are left
// out, columns dropped, everything else stays, encodings and compression included.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "storage/storage.h"
#include "write/table_writer.h"

namespace lakegate {

struct RewriteSource {
  std::string path;
  std::vector<bool> drop;  // by row; empty: every row stays
};

struct RewriteOptions {
  std::string directory;  // must exist; the file is written there
  int64_t number = 0;     // in the file's name
  std::vector<std::string> dropped_columns;
};

// One file with the rows of the sources, in order; all must have the same columns. With no rows
// left no file is written and its name is empty. kCorrupt: a source cannot be read.
Result<WrittenFile> RewriteParquet(Storage* storage, const std::vector<RewriteSource>& sources,
                                   const RewriteOptions& options);

}  // namespace lakegate
