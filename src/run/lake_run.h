// Everything that is due in a lake, partition by partition, on all cores.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/result.h"
#include "run/lake.h"
#include "run/partition_run.h"

namespace lakegate {

struct RunSelection {
  std::vector<std::string> datasets;                           // empty: all
  std::vector<std::pair<std::string, std::string>> partition;  // column=value, all must match
};

struct LakeRunResult {
  std::vector<PartitionRunResult> partitions;  // needed tables first, then as configured
  std::vector<Error> problems;                 // landed files that belong nowhere, recovery
};

// `on_result` hears of each partition as it ends, in order; called from any one thread at a time.
// Error: the lake cannot be worked on at all (ledger, listing); else errors are per partition.
Result<LakeRunResult> RunLake(const Lake& lake, const RunSelection& selection,
                              const RunSettings& settings,
                              const std::function<void(const PartitionRunResult&)>& on_result);

}  // namespace lakegate
