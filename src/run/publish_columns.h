// Whether what a dataset's publish options name is in its contract.
#pragma once

#include "config/lake_config.h"
#include "contract/check_plan.h"
#include "core/result.h"

namespace lakegate {

// kInvalidConfig: partition_by, key, order_by or tombstone name a column that the table does not
// have, or one whose type cannot be used so.
Status CheckPublishColumns(const Dataset& dataset, const CheckPlan& plan);

}  // namespace lakegate
