// What a load stages: the new rows of each partition, and from them the new versions of the
// partitions that it touches. Old files are linked, not written again; only those that lose rows
// are.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/lake_config.h"
#include "core/result.h"
#include "ledger/ledger.h"
#include "publish/load_publisher.h"
#include "run/check_job.h"
#include "run/partitioned_writer.h"
#include "storage/storage.h"

namespace lakegate {

// Whether the accepted rows are published as they are, or merged by key first.
enum class LoadRows : uint8_t { kAsTheyAre, kMerged };

struct LoadStageOptions {
  std::string dataset;
  std::string table_dir;
  std::string staging;  // the run's folder
  LoadRows rows = LoadRows::kAsTheyAre;
};

// A file of a partition that loses rows.
using DroppedRows = std::map<std::string, std::map<std::string, std::vector<bool>>>;  // key, name

// Borrows storage and ledger; one thread.
class LoadStage {
 public:
  LoadStage(Storage* storage, Ledger* ledger, LoadStageOptions options)
      : storage_(storage), ledger_(ledger), options_(std::move(options)) {}

  // Where accepted rows are written: a folder per partition. Merged ones then go to "rows".
  std::string rows_folder() const {
    return options_.staging + (options_.rows == LoadRows::kMerged ? "/incoming" : "/rows");
  }
  // The number of the first new file of a partition.
  Result<int64_t> FirstNumber(const std::string& partition_path);
  RoutedTable& routed() { return routed_; }

  // The rows that came from these landed files and are in the table: to be dropped.
  Result<DroppedRows> FindRows(const std::vector<int64_t>& landed_file_ids);
  // New versions of the partitions that get or lose rows. `file_ids` are parallel to the inputs
  // that the routed rows name; empty: rows are not traced to files.
  Result<std::vector<LoadPart>> Compose(const DroppedRows& dropped,
                                        const std::vector<int64_t>& file_ids);

 private:
  Result<LoadPart> ComposePart(const std::string& path, const RoutedPartition* routed,
                               const std::map<std::string, std::vector<bool>>& dropped,
                               const std::vector<int64_t>& file_ids);
  Status KeepOld(const Publication& current,
                 const std::map<std::string, std::vector<bool>>& dropped, const std::string& folder,
                 LoadPart* part);
  Status RefuseUntraced();

  Storage* const storage_;
  Ledger* const ledger_;
  const LoadStageOptions options_;
  RoutedTable routed_;
};

}  // namespace lakegate
