// Table run: one try to bring one partition to a table, or to merge its small files. Append only,
// but for its end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/action.h"
#include "core/clock.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

enum class RunPurpose : uint8_t {
  kLoad,        // judges landed files
  kCompaction,  // publishes the same rows in fewer files, judges nothing
};
const char* Name(RunPurpose purpose);  // "load", "compaction"

struct RunStart {
  std::string id;  // UUID version 7
  std::string dataset;
  std::string partition_key;
  std::string lease_resource;
  int64_t lease_epoch = 0;
  // The folder this run writes aside to, recorded before it is made; none: it writes nothing.
  std::optional<std::string> staging_path;
  TimestampUs started_us = 0;
  RunPurpose purpose = RunPurpose::kLoad;
};

struct RunEnd {
  Verdict verdict = Verdict::kPassed;
  std::optional<std::string> error_class;  // Name(ErrorCode), or "interrupted"; with kError
  std::string counters = "{}";             // JSON object
  std::optional<std::string> report_path;
};

struct Run {
  std::string id;
  std::string dataset;
  std::string partition_key;
  int64_t attempt = 0;  // of this partition, from 1
  std::string lease_resource;
  int64_t lease_epoch = 0;
  std::optional<std::string> staging_path;  // set as long as there may be something in it
  TimestampUs started_us = 0;
  std::optional<TimestampUs> ended_us;
  std::optional<Verdict> verdict;
  std::optional<std::string> error_class;
  std::string counters;
  std::optional<std::string> report_path;
  RunPurpose purpose = RunPurpose::kLoad;
};

// Borrows the database; one thread. Lists have the newest run first.
class Runs {
 public:
  explicit Runs(SqliteDatabase& database) : database_(database) {}

  // Returns the attempt's number.
  Result<int64_t> Start(const RunStart& start);
  // kConflict if the run is unknown or has ended already.
  Status Finish(const std::string& id, const RunEnd& end, TimestampUs now_us);
  // For a run whose publication became visible: whatever end was recorded before, this one counts.
  // Only inside the transaction that records the publication.
  Status FinishPublished(const std::string& id, const RunEnd& end, TimestampUs now_us);

  Result<std::optional<Run>> Find(const std::string& id);
  // Those that judged files.
  Result<std::vector<Run>> ListLoads(const std::string& dataset, const std::string& partition_key);
  Result<std::vector<Run>> ListForDataset(const std::string& dataset, int64_t limit);
  // Whether the lease of these names is, or was, a compaction's: also when its run has just ended.
  Result<bool> IsCompaction(const std::string& dataset, const std::string& lease_resource,
                            int64_t lease_epoch);
  // Runs that have not ended or still have a staging folder, of all datasets.
  Result<std::vector<Run>> ListOpen();
  // Its staging folder is removed, or belongs to somebody else now.
  Status ForgetStaging(const std::string& id);

 private:
  SqliteDatabase& database_;
};

// From "passed", "warned", "failed", "error", "skipped".
Verdict VerdictFromLedger(const std::string& name);

}  // namespace lakegate
