// A lake that is open for work: its config, its contracts compiled, its ledger.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/lake_config.h"
#include "contract/check_plan.h"
#include "core/clock.h"
#include "core/random.h"
#include "ledger/ledger.h"
#include "query/sql_engine.h"
#include "run/check_job.h"
#include "storage/storage.h"

namespace lakegate {

// The process's working folder is the lake's: all paths are relative to it.
struct DatasetSetup {
  const Dataset* dataset = nullptr;
  std::unique_ptr<CheckPlan> plan;
};

struct Lake {
  LakeConfig config;
  std::vector<DatasetSetup> datasets;  // in the config's order
};

// What a report is made from; the renderers live in a room to the right.
struct RunReportInput {
  const CheckPlan* plan = nullptr;
  const JobOutcome* outcome = nullptr;
  std::string dataset;
  std::string partition;
  std::string run_id;
  TimestampUs started_us = 0;
  std::string fingerprint;
  std::string quarantine_directory;
  Verdict verdict = Verdict::kPassed;
};
// Several renderings of one run: the file's ending and its text, the first one named by the ledger.
struct RenderedReport {
  std::string ending;  // ".json"
  std::string text;
};
using ReportRenderer = std::function<std::vector<RenderedReport>(const RunReportInput&)>;

// What a run is given by the command line and the world.
struct RunSettings {
  Storage* storage = nullptr;
  const Clock* clock = nullptr;  // the machine's: for leases
  TimestampUs now_us = 0;        // --now, or the machine's time at the start
  Random* random = nullptr;
  std::string code_version;
  int threads = 1;
  bool force = false;
  bool any_age = false;  // late files count, however late: a backfill
  bool replay = false;   // with force: only partitions with open quarantine, nothing taken away
  ReportRenderer render_report;
  JobOptions job;                 // spill, test settings, cancel flag
  SqlEngineOptions sql;           // for rules that need a query
  int64_t grace_us = 60'000'000;  // old versions stay for readers that are listing them
  int64_t lease_us = int64_t{3600} * 1'000'000;  // of a partition, renewed while it is worked on
};

inline constexpr const char* kStateDirectory = ".lakegate";

}  // namespace lakegate
