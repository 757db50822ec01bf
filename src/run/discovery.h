// Which landed files belong to which partition of a dataset. The ledger remembers every version.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/lake_config.h"
#include "config/path_pattern.h"
#include "core/clock.h"
#include "core/result.h"
#include "ledger/ledger.h"
#include "storage/storage.h"

namespace lakegate {

struct DiscoveredPartition {
  std::string path;                           // "ingestion_date=2025-01-01"; empty: the whole table
  std::string key;                            // as the ledger names it
  std::map<std::string, std::string> values;  // decoded, of the partition columns
  std::vector<LandedFile> files;              // by path, then by version
  std::vector<std::string> gone;              // consumed before, no longer there
  std::vector<LandedFile> stored_in_land;     // of `files`: in history, and (again) in land
};

struct Discovery {
  std::vector<DiscoveredPartition> partitions;  // by key
  std::vector<Error> problems;  // files whose path cannot be a partition; they are held
};

// Lists the land zone, hashes what is new, registers it; files that are in history count, too.
// Files that are open for writing by a producer (names with a leading dot) are not seen. `threads`:
// that hash at once.
Result<Discovery> Discover(Storage* storage, Ledger* ledger, const Zones& zones,
                           const Dataset& dataset, const Clock& clock, int threads);

// After they were read: kConflict if one of them was changed in land since it was discovered, so
// that what was read may not be what was hashed.
Status CheckAsDiscovered(Storage* storage, const std::vector<LandedFile>& files);

Result<std::string> HashFile(Storage* storage, const std::string& path);

}  // namespace lakegate
