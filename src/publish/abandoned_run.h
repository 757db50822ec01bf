// Runs that nobody works on any more.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "ledger/ledger.h"

namespace lakegate {

enum class RunHold {
  kWorking,     // its lease is held
  kPublishing,  // its publication is to be finished or undone first
  kNone,        // it was taken away, if it was not given back: the run cannot publish any more
};

// Takes the lease of a run that ended, or whose process is dead or went on beyond its time. Only
// what was taken so may be removed: a process that only slept finds its lease lost when it wakes.
Result<RunHold> TakeHold(const Run& run, TimestampUs now_us, Ledger* ledger);

}  // namespace lakegate
