// A dataset's plan and options made fit for one partition.
#pragma once

#include <string>
#include <vector>

#include "contract/check_plan.h"
#include "run/check_job.h"
#include "run/discovery.h"
#include "run/lake.h"
#include "write/table_writer.h"

namespace lakegate {

// Columns whose value comes from the path may be missing from the records; if they are there, they
// must say the same. In an upsert the key is required, and not unique among the records.
CheckPlan PlanForPartition(const CheckPlan& plan, const DiscoveredPartition& partition,
                           const Publish& publish);

// kInvalidData: the path says something that the column's type cannot be.
Status CheckPathValues(const CheckPlan& plan, const DiscoveredPartition& partition);

// Everything of the dataset's options that changes what is read, checked or written.
std::string OptionsText(const Dataset& dataset);

JobOptions JobOptionsFor(const Dataset& dataset, const RunSettings& settings);

// The fields that are partition columns: not stored in the files.
std::vector<int> PathColumns(const CheckPlan& plan, const DiscoveredPartition& partition);

// Those of publish.add_columns that are the same in every row.
std::vector<ConstantColumn> ConstantsFor(const Dataset& dataset, const RunSettings& settings,
                                         const std::string& run_id);

}  // namespace lakegate
