// Who works on a partition: one load, or one compaction.
#pragma once

#include <string>

#include "config/lake_config.h"
#include "core/result.h"
#include "ledger/ledger.h"
#include "run/lake.h"
#include "run/lease_keeper.h"

namespace lakegate {

// The load that a partition of the table belongs to: its values of the landing path's columns. All
// that changes the partition has that load's lease.
std::string LoadKeyOf(const Dataset& dataset, const std::string& partition_key);

// kConflict: somebody else works on it.
Result<Lease> AcquirePartition(const std::string& dataset, const std::string& load_key,
                               const RunSettings& settings, Ledger* ledger);

// The same for a load, which waits for a compaction to end: up to ten minutes, or until it is
// cancelled.
Result<Lease> AcquireForLoad(const std::string& dataset, const std::string& load_key,
                             const RunSettings& settings, Ledger* ledger);

// For LeaseKeeper: several renewals may fail before the lease ends.
LeaseKeeping KeepingFor(const RunSettings& settings, const LakeConfig& config);

}  // namespace lakegate
