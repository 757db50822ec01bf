// Runs that nobody works on any more.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "ledger/ledger.h"

namespace lakegate {

enum class RunHold {
  kWorking,     // its lease is held
  kPublishing,  // its publication is to be finished or undone first
  kNone,        // it ended, or its process is dead or went on beyond its time
};

// As of now. One that has none may still wake up, and publish: see TakeHold.
Result<RunHold> HoldOf(const Run& run, TimestampUs now_us, Ledger* ledger);

// The same, and of a run that has no hold the lease is taken away: from kNone on it cannot publish
// any more. Only what is left of such a run may be removed: a process that only slept finds its
// lease lost when it wakes.
Result<RunHold> TakeHold(const Run& run, TimestampUs now_us, Ledger* ledger);

}  // namespace lakegate
