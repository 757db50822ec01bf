// Landed files that did not pass: alone, since they were rejected, or with the batch that they were
// judged in. They are not read again as long as the rules and their batch are as they were.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "ledger/ledger.h"
#include "run/check_job.h"
#include "run/pending_files.h"

namespace lakegate {

// What a run judged. Borrows.
struct JudgedFiles {
  const std::vector<int64_t>& ids;  // parallel to the outcome's files
  const JobOutcome& outcome;
  std::string run_id;
  std::string rules;  // identifies what they were judged by
};

// Holds those that were rejected and returns why; the others' ids go to `good_ids`.
Result<std::string> HoldRejected(const JudgedFiles& judged, Ledger* ledger,
                                 std::vector<int64_t>* good_ids);
// Holds all of them, since the gate was closed: the batches after this one are judged without them.
Status HoldBatch(const JudgedFiles& judged, const std::string& why, Ledger* ledger);

// Leaves the first `files` of those that wait to be read; `rules` identifies what they are judged
// by. A held batch waits again when one of its files was changed or removed.
void CutBatch(const std::string& rules, int64_t files, PendingFiles* pending);
// "3 files are still held, e.g. a.json: why"; empty for none.
std::string WhyStillHeld(const PendingFiles& pending);

}  // namespace lakegate
