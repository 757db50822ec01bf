// Findings of the lint in the format that code hosts show beside the lines.
#pragma once

#include <string>
#include <vector>

#include "contract/diagnostics.h"

namespace lakegate {

// SARIF 2.1.0 (OASIS), one run. Hints are of level "note"; columns count code points.
std::string SarifReport(const std::vector<Diagnostic>& diagnostics);

}  // namespace lakegate
