// Failures of partitions become alerts in the ledger's outbox; a partition that is fine again ends
// its alert.
#pragma once

#include "config/lake_config.h"
#include "core/result.h"
#include "ledger/ledger.h"
#include "run/partition_run.h"

namespace lakegate {

// The kind of alert, or null: nothing that people must hear of. A published partition with files
// that are held is a failure, too.
const char* AlertKindOf(const PartitionRunResult& result);

// Raises or resolves; the same failure again is only counted.
Status NoteInOutbox(const LakeConfig& config, const PartitionRunResult& result, TimestampUs now_us,
                    Ledger* ledger);

}  // namespace lakegate
