// Everything that is due in a lake, partition by partition, on all cores.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/result.h"
#include "run/lake.h"
#include "run/partition_run.h"

namespace lakegate {

struct RunSelection {
  std::vector<std::string> datasets;                           // empty: all
  std::vector<std::pair<std::string, std::string>> partition;  // column=value, all must match
  std::optional<std::set<std::string>> keys;                   // only these partitions
  std::vector<std::string> order;  // of the partitions, by key; empty: by key, ascending
  int parallel = 0;                // partitions at once; 0: as many as threads
  bool stop_on_failure = false;    // after the first that was not published
};

struct LakeRunResult {
  std::vector<PartitionRunResult> partitions;  // needed tables first, then as configured
  std::vector<Error> problems;                 // landed files that belong nowhere, recovery
};

// What RunLake would do, in its order; nothing is changed but that new files are registered.
struct PlannedPartition {
  std::string dataset;
  std::string key;
  Due due;
};
struct LakePlan {
  std::vector<PlannedPartition> partitions;
  std::vector<Error> problems;  // landed files that belong nowhere
};
Result<LakePlan> PlanLake(const Lake& lake, const RunSelection& selection,
                          const RunSettings& settings);

// `on_result` hears of each partition as it ends, in order; called from any one thread at a time.
// Error: the lake cannot be worked on at all (ledger, listing); else errors are per partition.
Result<LakeRunResult> RunLake(const Lake& lake, const RunSelection& selection,
                              const RunSettings& settings,
                              const std::function<void(const PartitionRunResult&)>& on_result);

}  // namespace lakegate
