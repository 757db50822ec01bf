// Measures every query rule of a plan over the rows that are about to be published.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "contract/check_plan.h"
#include "quality/measurement.h"
#include "query/other_table.h"
#include "query/sql_engine.h"

namespace lakegate {

struct QueryScene {
  SqlEngineOptions engine;
  SqlTable table;    // the rows; its name is the plan's dataset
  int64_t rows = 0;  // how many they are
  TimestampUs now_us = 0;
  std::string contract_folder;  // that files of lists are relative to
  const std::atomic<bool>* cancelled = nullptr;
  // The dataset that a rule compares with. An error makes the rule an error; a missing table makes
  // it skipped.
  std::function<Result<OtherTable>(const QueryRule& rule)> find_dataset;
  // Row counts of the last `count` passed partitions other than this one; fewer if there are fewer.
  std::function<Result<std::vector<int64_t>>(int count)> earlier_rows;
};

// Parallel to CheckPlan::queries. What goes wrong with a rule is in its measurement; the only error
// is kCancelled.
Result<std::vector<Measurement>> MeasurePlan(const CheckPlan& plan, const QueryScene& scene);

}  // namespace lakegate
