// Whether a partition has to be run, and why: read from the ledger and the disk, changing nothing.
#pragma once

#include <optional>
#include <string>

#include "core/result.h"
#include "run/discovery.h"
#include "run/lake.h"
#include "run/pending_files.h"

namespace lakegate {

enum class RunDecision : uint8_t {
  kUnchanged,  // published from the same inputs, contract and options: nothing done
  kPublished,
  kGated,      // the data failed; the old version is still live
  kGatedSame,  // failed before on the same inputs: not judged again
  kHeld,       // no file could be used
  kPaused,     // files wait, since the bookmark is paused
  kGone,       // landed files vanished: nothing is taken away without --force
  kLate,       // new files later than history_window: not published without --force or a backfill
  kWaiting,    // fewer files than expect.min_files, and the deadline is not over
  kMissing,    // the deadline of expect.by is over, and files are missing
  kError,
};
const char* Name(RunDecision decision);  // "published", "no change", ...
// What a partition becomes that is not run; nothing: it stays what it is.
std::optional<PartitionState> StateWithoutRun(RunDecision decision);

// What a run judges: files, contract and options, and the tables its rules look into.
struct JudgedInputs {
  std::string fingerprint;
  std::string dependencies;  // see StateOfDependencies
  std::string rules;         // contract, options and dependencies, whatever the files
};

struct Due {
  bool due = true;
  RunDecision decision = RunDecision::kUnchanged;  // what it stays, if it is not due
  std::string why;                                 // it is due; or why it is not
  bool table_damaged = false;                      // due, since published files are not as recorded
  JudgedInputs inputs;
  PendingFiles pending;  // of a table that takes every file once: what is to be read
  // kGatedSame, kHeld: of the run that judged the same inputs before.
  std::string run_id;
  std::string report_path;
};

Result<Due> DecideDue(const Lake& lake, const DatasetSetup& setup,
                      const DiscoveredPartition& partition, const RunSettings& settings,
                      Ledger* ledger);

// The same for a dataset that takes every file once (append, upsert).
Result<Due> DecideLoad(const Lake& lake, const DatasetSetup& setup,
                       const DiscoveredPartition& partition, const RunSettings& settings,
                       Ledger* ledger);

// Identifies everything that decides the output: files, contract, options.
std::string FingerprintOf(const DatasetSetup& setup, const DiscoveredPartition& partition);

}  // namespace lakegate
