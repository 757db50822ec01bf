// The `implementation` of a custom quality item of engine lakegate, as written.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/map_reader.h"
#include "contract/query_rule.h"
#include "contract/written_threshold.h"

namespace lakegate {

struct CustomCheck {
  QueryRule rule;                             // without its columns and thresholds
  std::vector<Written<std::string>> columns;  // dotted; empty: the property's own
  std::vector<WrittenThreshold> thresholds;   // written ones, or those that the check implies
  bool step_is_number = false;                // no_gaps: `every` is a number, not a duration
  SourcePosition position;
};

}  // namespace lakegate
