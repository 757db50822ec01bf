// Whether a number satisfies an operator, however the number is compared.
#pragma once

#include <functional>

#include "contract/threshold.h"

namespace lakegate {

// compare(limit) is -1, 0 or 1: the number is less than the limit, equal, more.
bool Holds(const Threshold& threshold, const std::function<int(double)>& compare);

}  // namespace lakegate
