// What readers of a dataset see now, as a table for queries.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/lake_config.h"
#include "contract/check_plan.h"
#include "ledger/ledger.h"
#include "query/sql_engine.h"

namespace lakegate {

// The files of every partition that is live, as the ledger knows them: no folder is listed. Paths
// are as the ledger has them, relative to the lake. Nothing if no partition was ever published.
// `plan` gives the types of the partition columns.
Result<std::optional<SqlTable>> FindPublishedTable(Ledger* ledger, const Dataset& dataset,
                                                   const CheckPlan& plan, const std::string& name);

// The partition columns, which folders name, with their SQL types.
std::vector<std::pair<std::string, std::string>> PartitionColumnTypes(const Dataset& dataset,
                                                                      const CheckPlan& plan);

}  // namespace lakegate
