// A range of partitions run again by a durable plan: killed and started again it goes on.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/result.h"
#include "run/lake_run.h"

namespace lakegate {

enum class BackfillOnly : uint8_t {
  kDue,      // missing, failed and stale
  kMissing,  // never published
  kFailed,   // gated, held or failed; judged again even on the same inputs
  kStale,    // published, but not from what is there now
  kAll,      // also what is up to date
};

struct BackfillRequest {
  std::string dataset;
  std::string column;    // partition column; empty: the first one
  std::string from, to;  // its values, both included; dates and texts by letter, integers by size
  BackfillOnly only = BackfillOnly::kDue;
  bool descending = false;
  int parallel = 1;  // partitions at once
  bool stop_on_failure = true;
};

struct BackfillPlan {
  int64_t id = 0;                          // 0: a plan that is not kept yet
  std::vector<BackfillItem> items;         // in the order in which they are run
  std::vector<std::string> without_files;  // days of the range for which nothing landed
};

struct BackfillOutcome {
  BackfillPlan plan;  // as it is now
  LakeRunResult run;
  bool resumed = false;
  bool done = false;  // all items are
};

// The open plan for this request, or what a new one would be. Changes nothing but that new files
// are registered. kInvalidConfig: no such dataset or column, or an empty range.
Result<BackfillPlan> PlanBackfill(const Lake& lake, const BackfillRequest& request,
                                  const RunSettings& settings);

// Goes on with the open plan for this request, or makes one. `on_result` as for RunLake.
Result<BackfillOutcome> RunBackfill(
    const Lake& lake, const BackfillRequest& request, const RunSettings& settings,
    const std::function<void(const PartitionRunResult&)>& on_result);

// kNotFound if there is none open.
Status CancelBackfill(const Lake& lake, const BackfillRequest& request,
                      const RunSettings& settings);

}  // namespace lakegate
