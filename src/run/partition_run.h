// One run: one try to bring one partition of one dataset from land to its table.
#pragma once

#include <optional>
#include <string>

#include "core/result.h"
#include "run/discovery.h"
#include "run/due.h"
#include "run/lake.h"

namespace lakegate {

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
  double seconds = 0;          // that the run took, with its job
  int64_t version = 0;         // kPublished
  int64_t waiting = 0;         // files for the batches after this one
  std::string note;            // something to know, e.g. a clean-up that was postponed
};

// Never throws data away: every failure leaves the live version as it was. Borrows all; `ledger`
// belongs to the calling thread.
PartitionRunResult RunPartition(const Lake& lake, const DatasetSetup& setup,
                                const DiscoveredPartition& partition, const RunSettings& settings,
                                Ledger* ledger);

}  // namespace lakegate
