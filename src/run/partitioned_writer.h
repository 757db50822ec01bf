// Routes rows to the partitions that their own values name; each partition becomes files of its
// own. Bounded: rows wait in memory up to a budget, then in scratch files.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/lake_config.h"
#include "contract/check_plan.h"
#include "storage/storage.h"
#include "write/table_writer.h"

namespace lakegate {

// One level of the partition path.
struct RoutingColumn {
  std::string name;
  std::optional<std::string> value;  // the same for all rows: of the landing path
  int field = -1;                    // else: of the plan
  bool is_date = false;              // the date of that field, UTC
};

// The levels of a dataset's partitions. `values` are those that the landing path gave.
std::vector<RoutingColumn> RoutingOf(const Publish& publish, const CheckPlan& plan,
                                     const std::map<std::string, std::string>& values);
// Whether any row decides for itself.
bool RoutesRows(const std::vector<RoutingColumn>& columns);

struct RowsOfFile {
  uint32_t file = 0;  // index of the input
  int64_t rows = 0;
};

struct RoutedPartition {
  std::vector<WrittenFile> files;  // names within the partition's folder
  std::vector<RowsOfFile> rows;    // in the order in which they stand in the files
};
using RoutedTable = std::map<std::string, RoutedPartition>;  // by partition path

struct PartitionedOptions {
  std::vector<RoutingColumn> columns;
  std::string directory;  // must exist; a folder per partition is made in it
  std::string scratch;    // made and removed
  int64_t budget_bytes = int64_t{48} << 20;
  // A writer of one partition to a folder that exists.
  std::function<Result<std::unique_ptr<TableWriter>>(const std::string& partition_path,
                                                     const std::string& directory)>
      make_writer;
  // The number of the first file that a partition gets.
  std::function<Result<int64_t>(const std::string& partition_path)> first_number;
  RoutedTable* routed = nullptr;  // filled by Finish; null: nobody asks
};

// Borrows storage and what the options point to. File names of Finish are relative to the folder.
std::unique_ptr<TableWriter> MakePartitionedWriter(Storage* storage, PartitionedOptions options);

}  // namespace lakegate
