// Between the planner, a worker and the committer: in one process by reference, or as JSON.
#pragma once

#include "core/result.h"
#include "run/unit_worker.h"
#include "run/work_unit.h"

namespace lakegate {

// The unit as a worker gets it. `as_json`: written and read on the way.
Result<WorkUnit> ReceiveUnit(const WorkUnit& unit, bool as_json);

// What the worker made of the unit, as the committer gets it. `as_json`: all that a WorkResult
// holds is taken out of the bundle, written, read and put back; the rest stays where it is.
// kConflict: the result is of another unit, run or lease.
Status DeliverResult(const WorkUnit& unit, bool as_json, UnitBundle* bundle);

}  // namespace lakegate
