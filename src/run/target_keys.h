// The rows that foreign keys refer to, read from other tables.
#pragma once

#include "query/other_table.h"
#include "query/sql_engine.h"
#include "run/check_job.h"

namespace lakegate {

// Reads the key columns of the table that `find` names, distinct and without nulls. Borrows
// `plan`.
TargetKeys MakeTargetKeys(const CheckPlan& plan, FindOtherTable find, SqlEngineOptions options,
                          const std::atomic<bool>* cancelled);

}  // namespace lakegate
