// Counts against the limits of budgets and thresholds, without rounding.
#pragma once

#include <cstdint>

namespace lakegate {

// Both return -1, 0 or 1: less than the limit, equal, more. The limit is taken as the shortest
// decimal that reads back as the double: 0.29 means 29/100, as it was written.
int CompareCount(int64_t count, double limit);
// `count` of `base` in percent. A base of 0 counts as 1, so that 0 of 0 is 0 %.
int ComparePercent(int64_t count, int64_t base, double percent);

}  // namespace lakegate
