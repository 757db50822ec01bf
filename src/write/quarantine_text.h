// What rejects.ndjson and reports say about a record that was set aside.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/check_plan.h"
#include "validate/unit_result.h"

namespace lakegate {

// The id of the rule a reason belongs to: the promise's id, or the code's name. Lives as the plan.
std::string_view RuleIdOf(const Reason& reason, const CheckPlan& plan);
// The reasons as a JSON array; shared with reports.
void AppendReasonsJson(const std::vector<Reason>& reasons, const CheckPlan& plan, ByteBuffer* out);
// The end of a line of rejects.ndjson: all that is known before the commit, from the reasons on.
void AppendIndexText(const ReasonedRecord& record, const CheckPlan& plan, ByteBuffer* out);

}  // namespace lakegate
