// The ledger side of a publication: one transaction. The file side is folder_switch.h.
#pragma once

#include <cstdint>
#include <string>

#include "core/clock.h"
#include "core/result.h"
#include "ledger/ledger.h"

namespace lakegate {

// What is left over when the folders are switched.
struct Leftover {
  std::string path;  // empty: nothing
  TimestampUs remove_after_us = 0;
};

// The publication, its partition, the run's end, the consumed files, the metrics, what becomes of
// records set aside before and now, and the left over folder are recorded and the intent is
// removed, together or not at all. Returns the version; if somebody else finished this intent, the
// version they recorded. kConflict if it was undone.
Result<int64_t> RecordPublication(Ledger& ledger, const Intent& intent, const Leftover& leftover,
                                  TimestampUs now_us);

}  // namespace lakegate
