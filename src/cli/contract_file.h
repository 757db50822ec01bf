// A contract from its file to a plan, with what is wrong printed to stderr.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/command.h"
#include "contract/check_plan.h"
#include "contract/compile.h"
#include "contract/diagnostics.h"
#include "core/input_format.h"

namespace lakegate {

struct LoadedContract {
  std::unique_ptr<CheckPlan> plan;  // its address stays
  std::optional<CsvDialect> csv;    // the contract's own dialect, if it has one
};

// Problems are printed, errors and warnings always, hints only by lint. Of a contract with several
// schema objects options.schema_name picks one, else the one called `dataset`.
Result<LoadedContract> LoadContractFile(Storage* storage, const std::string& path,
                                        const std::string& dataset, CompileOptions options);
// For --require-full-coverage: kInvalidConfig if a promise of the plan cannot be enforced.
Status RefuseGaps(const CheckPlan& plan);
// Contracts that relationships of others lead to, each read once. Borrows the storage.
OtherContracts ReadOtherContracts(Storage* storage);
void PrintDiagnostics(const Diagnostics& diagnostics, Severity least_severe);
inline constexpr int64_t kMaxContractBytes = 10 * 1024 * 1024;

}  // namespace lakegate
