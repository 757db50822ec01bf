// Failures of partitions become alerts in the ledger's outbox; a partition that is fine again ends
// its alert.
#pragma once

#include <string>
#include <vector>

#include "config/lake_config.h"
#include "core/result.h"
#include "ledger/ledger.h"
#include "run/partition_run.h"

namespace lakegate {

inline constexpr const char* kMissingAlert = "missing";  // the kind of alert

// What an alert is about that is of no partition.
inline constexpr const char* kLandingKey = "(landing)";    // files that belong to no partition
inline constexpr const char* kRecoveryKey = "(recovery)";  // of the lake: its dataset is ""

// Raises or resolves; the same failure again is only counted. A published partition with files
// that are held is a failure, too. What waits, is paused or was interrupted by somebody changes
// nothing.
Status NoteInOutbox(const LakeConfig& config, const PartitionRunResult& result, TimestampUs now_us,
                    Ledger* ledger);
// The same for problems that are of no partition; none of them: it is fine again.
Status NoteInOutbox(const LakeConfig& config, const std::string& dataset, const char* key,
                    const std::vector<Error>& problems, TimestampUs now_us, Ledger* ledger);

}  // namespace lakegate
