// The folders of the quarantine zone, each owned by a row of the ledger.
#pragma once

#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "ledger/ledger.h"
#include "storage/storage.h"

namespace lakegate {

// Half-written quarantine of runs that were killed: nobody works on it any more, and no publication
// is left to be finished. Call it after Recover.
Result<std::vector<QuarantineItem>> ListAbandonedQuarantine(TimestampUs now_us, Ledger* ledger);
Status RemoveAbandonedQuarantine(Storage* storage, TimestampUs now_us, Ledger* ledger);

}  // namespace lakegate
