// Compaction of a lake's tables: on demand, and after a load where the config asks for it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "run/compaction.h"

namespace lakegate {

struct CompactionSelection {
  std::vector<std::string> datasets;                           // empty: all that can be compacted
  std::vector<std::pair<std::string, std::string>> partition;  // column=value, all must match
  std::optional<int64_t> target_bytes;  // nothing: the dataset's, or kDefaultCompactTargetBytes
  bool dry_run = false;
};

struct CompactedPartition {
  PartitionCompaction compaction;
  std::optional<Error> error;
};

// `on_result` hears of every partition of the selected tables, in order. Also finishes or undoes
// the publications of dead runs, as every run does, but with `dry_run`. Returns what that could not
// repair. kCancelled: interrupted between two partitions.
Result<std::vector<Error>> CompactLake(
    const LakeConfig& config, const CompactionSelection& selection, const RunSettings& settings,
    const std::function<void(const CompactedPartition&)>& on_result);

// What `run_id` published, where publish.compact asks for it. Returns what to say about it.
std::string CompactAfterLoad(const LakeConfig& config, const Dataset& dataset,
                             const std::string& run_id, const RunSettings& settings,
                             Ledger* ledger);

}  // namespace lakegate
