// What a run tells the ledger and people about itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ledger/metric_history.h"
#include "run/check_job.h"
#include "run/due.h"

namespace lakegate {

struct RunCounters {
  const JobOutcome* outcome = nullptr;  // null: the run did not come so far
  JudgedInputs inputs;
  std::string quarantine;  // folder
  std::string left;        // fingerprint of the files that stay held, if others were taken
};
// A JSON object, for RunEnd::counters.
std::string CountersJson(const RunCounters& counters);

// The rules that closed the gate, or the files that are missing.
std::string WhyClosed(const JobOutcome& outcome, size_t good_files, size_t min_files,
                      bool require_full_coverage);

// What every dataset rule measured, and the number of rows. `published`: whether the rows are, or
// are thrown away.
std::vector<MetricValue> MetricsOf(const JobOutcome& outcome, Verdict published);

// "too-few-columns: ... (and 2 more)".
std::string WhyRejected(const FileOutcome& file);

}  // namespace lakegate
