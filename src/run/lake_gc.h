// Removes what nobody needs any more: what the ledger says is over, and nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/lake_config.h"
#include "core/result.h"
#include "run/lake.h"

namespace lakegate {

enum class GarbageKind : uint8_t {
  kStaging,         // written aside by a run that is dead
  kOldVersion,      // of a partition, its grace time is over
  kHalfQuarantine,  // of a run that is dead
  kOldQuarantine,   // older than quarantine.retention
};
const char* Name(GarbageKind kind);  // "staging", "old version", ...

struct Garbage {
  GarbageKind kind = GarbageKind::kStaging;
  std::string path;  // a folder
  std::string dataset;
  std::string partition_key;
  std::string run_id;  // empty: kOldVersion
  std::string why;
  int64_t files = 0;
  int64_t bytes = 0;
};

struct GarbageReport {
  std::vector<Garbage> removed;      // with `dry_run`: what would be
  std::vector<std::string> unknown;  // folders in our places that the ledger does not own: left
  std::vector<Error> problems;
};

// Also finishes or undoes the publications of dead runs, as every run does. `settings.now_us`
// counts for retention only; leases and grace times go by the machine's clock.
Result<GarbageReport> CollectGarbage(const LakeConfig& config, const RunSettings& settings,
                                     bool dry_run);

}  // namespace lakegate
