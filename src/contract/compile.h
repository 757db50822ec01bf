// A contract compiled into what the gate does with one dataset.
#pragma once

#include <functional>
#include <string>

#include "contract/check_plan.h"
#include "contract/compat.h"
#include "contract/contract.h"
#include "contract/diagnostics.h"
#include "core/result.h"

namespace lakegate {

// Reads another contract by its file, named like Contract::file. Null: it cannot be read.
using OtherContracts = std::function<const Contract*(const std::string& file)>;

struct CompileOptions {
  std::string schema_name;                      // empty: the contract's only schema object
  Action default_action = Action::kQuarantine;  // of record rules
  Budget default_budget;                        // of all records set aside together
  OtherContracts other_contracts;               // for relationships across files; may be empty
  Compat compat = Compat::kNone;                // whose definitions library metrics follow
};

// Every promise becomes one RuleInfo, enforced or with the reason why not. What the contract says
// about values that the column's type cannot hold (a bound that is no date) goes to `diagnostics`.
// Errors: kInvalidConfig for those; kNotFound if there is no such schema object.
Result<CheckPlan> Compile(const Contract& contract, const CompileOptions& options,
                          Diagnostics& diagnostics);

}  // namespace lakegate
