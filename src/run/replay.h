// Records that were set aside, judged again under today's contract. A replay is a run of their
// partition from all its landed files: what passes now is published with everything else in one
// step, so nothing counts twice, and the run's own quarantine is what is still wrong.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "run/lake_run.h"

namespace lakegate {

struct ReplayRequest {
  std::string what;                                            // a dataset, or a run's id
  std::vector<std::pair<std::string, std::string>> partition;  // column=value, all must match
};

struct ReplayOutcome {
  LakeRunResult run;
  std::vector<QuarantineItem> items;       // that were open when it began
  std::vector<QuarantineItem> still_open;  // of those
};

// `on_result` as for RunLake. No open item of a dataset: nothing is done. kInvalidConfig: no such
// dataset or run, or the run's records are not open any more (the message says what became of
// them).
Result<ReplayOutcome> ReplayQuarantine(
    const Lake& lake, const ReplayRequest& request, const RunSettings& settings,
    const std::function<void(const PartitionRunResult&)>& on_result);

}  // namespace lakegate
