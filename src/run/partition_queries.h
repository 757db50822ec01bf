// What the query rules of one partition see: its staged rows, the lake's other tables, its history.
#pragma once

#include <string>

#include "run/check_job.h"
#include "run/discovery.h"
#include "run/lake.h"

namespace lakegate {

// The id that a run's number of accepted rows has in the ledger's metric_history.
inline constexpr const char* kRowsMetric = "lakegate.rows";

// Borrows all but `staging`, which is the folder with the run's files.
MeasureQueries PartitionQueries(const Lake& lake, const DatasetSetup& setup, const CheckPlan& plan,
                                const DiscoveredPartition& partition, const RunSettings& settings,
                                Ledger* ledger, std::string staging);

// "contracts" of "contracts/events.odcs.yaml"; empty: the working folder.
std::string FolderOf(const std::string& path);

}  // namespace lakegate
