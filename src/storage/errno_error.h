// errno as an Error: the code by what can be done next, the path, and a hint.
#pragma once

#include <string>

#include "core/result.h"

namespace lakegate {

// "cannot <action> '<path>': <what errno means>", e.g. action "open".
Error ErrnoError(int error_number, const std::string& action, const std::string& path);

}  // namespace lakegate
