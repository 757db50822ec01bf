// The states of a dataset's dates as people look at them: a line a month, a letter a day.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "ledger/partitions.h"

namespace lakegate {

// `dates`: days since 1970. Months without any are left out; the newest 24 are shown.
std::string CalendarText(const std::string& dataset,
                         const std::map<int64_t, PartitionState>& dates);

}  // namespace lakegate
