// The program's exit codes, decided in one place.
#pragma once

#include <initializer_list>

#include "core/result.h"

namespace lakegate {

enum ExitCode : int {
  kExitDone = 0,        // the data passed, or only warned
  kExitDataFailed = 1,  // gate closed, file rejected, check failed
  kExitWarnings = 2,    // warnings only, and --fail-on warning
  kExitWrongUsage = 3,  // wrong usage, invalid config or contract: nothing was started
  kExitOperationFailed = 4,
  kExitNotDelivered = 5,  // done, but its result or an alert could not be delivered
};

inline ExitCode ExitCodeOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidConfig:
    case ErrorCode::kUnsupported:
      return kExitWrongUsage;
    default:
      return kExitOperationFailed;
  }
}

// Of several outcomes the one that counts: 4, then 3, 5, 1, 2, 0.
inline ExitCode Worst(std::initializer_list<ExitCode> codes) {
  for (const ExitCode candidate :
       {kExitOperationFailed, kExitWrongUsage, kExitNotDelivered, kExitDataFailed, kExitWarnings}) {
    for (const ExitCode code : codes) {
      if (code == candidate) return code;
    }
  }
  return kExitDone;
}

}  // namespace lakegate
