// One operator of a quality item, as written.
#pragma once

#include <string>
#include <vector>

#include "contract/map_reader.h"
#include "contract/threshold.h"

namespace lakegate {

struct WrittenThreshold {
  Threshold threshold;
  bool is_number = true;                     // false: the operand is no number (or list of numbers)
  std::vector<Written<std::string>> bounds;  // mustBeBetween, mustNotBeBetween: low, high
  SourcePosition position;
};

// The eight operators of the mapping, in the order of the standard.
std::vector<WrittenThreshold> ReadThresholds(MapReader& map);

}  // namespace lakegate
