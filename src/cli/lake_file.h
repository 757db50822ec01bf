// The lake that the commands work on: lakegate.yaml and its contracts.
#pragma once

#include "cli/command.h"
#include "contract/diagnostics.h"
#include "core/result.h"
#include "run/lake.h"

namespace lakegate {

inline constexpr const char* kLakeFile = "lakegate.yaml";

// Makes the lake's folder (-C) the working folder. kInvalidConfig if there is no lake there.
Status EnterLake(const CommandContext& context);
// Config only; all problems go to `diagnostics`.
Result<LakeConfig> LoadConfig(const CommandContext& context, Diagnostics* diagnostics);
// Config and compiled contracts, everything that is not built refused; problems are printed.
Result<Lake> LoadLake(const CommandContext& context);

}  // namespace lakegate
