// One run: one try to bring one partition of one dataset from land to its table.
#pragma once

#include <optional>
#include <string>

#include "core/result.h"
#include "run/discovery.h"
#include "run/lake.h"

namespace lakegate {

enum class RunDecision : uint8_t {
  kUnchanged,  // published from the same inputs, contract and options: nothing done
  kPublished,
  kGated,      // the data failed; the old version is still live
  kGatedSame,  // failed before on the same inputs: not judged again
  kHeld,       // no file could be used
  kGone,       // landed files vanished: nothing is taken away without --force
  kError,
};
const char* Name(RunDecision decision);  // "published", "no change", ...

struct PartitionRunResult {
  std::string dataset;
  std::string key;
  RunDecision decision = RunDecision::kError;
  std::string why;     // of all but kPublished
  std::string run_id;  // empty: no run was started
  std::string report_path;
  std::string quarantine_directory;
  std::optional<JobOutcome> outcome;
  std::optional<Error> error;  // kError
  int64_t version = 0;         // kPublished
  std::string note;            // something to know, e.g. a clean-up that was postponed
};

// Never throws data away: every failure leaves the live version as it was. Borrows all; `ledger`
// belongs to the calling thread.
PartitionRunResult RunPartition(const Lake& lake, const DatasetSetup& setup,
                                const DiscoveredPartition& partition, const RunSettings& settings,
                                Ledger* ledger);

// Identifies everything that decides the output: files, contract, options.
std::string FingerprintOf(const DatasetSetup& setup, const DiscoveredPartition& partition);

}  // namespace lakegate
