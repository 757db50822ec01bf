// Which landed files a table that takes every file once has still to take: its bookmark.
#pragma once

#include <string>
#include <vector>

#include "config/lake_config.h"
#include "core/result.h"
#include "ledger/ledger.h"
#include "run/discovery.h"
#include "storage/storage.h"

namespace lakegate {

// The same bytes as a file that counts already.
struct DuplicateFile {
  LandedFile file;
  std::string same_as;  // path
};

struct PendingFiles {
  std::vector<LandedFile> read;           // in order of path, then version
  std::vector<LandedFile> waiting;        // for the batches after this one
  std::vector<LandedFile> still_held;     // did not pass the rules as they are: not read again
  std::string damage;                     // why files are read that were taken before, if so
  std::vector<DuplicateFile> duplicates;  // found now; those ignored before are not listed
  std::vector<std::string> gone;          // kReplay: files that would have to be read again
};

enum class PendingKind : uint8_t {
  kNew,     // not taken yet, or held
  kReplay,  // and those of runs with open quarantine
  kAll,     // and all others that are there
};

// Its bytes are in history already: it counts as stored there. False: they are not.
Result<bool> ShareStored(const DuplicateFile& duplicate, Ledger* ledger);

// Table files that are gone or have another size than the ledger says; the landed files that their
// rows came from are added to `pending` to be read again. kCorrupt: that is not possible, since
// they are gone or nobody knows which they were.
Status AddLost(const Dataset& dataset, const DiscoveredPartition& partition, Storage* storage,
               Ledger* ledger, PendingFiles* pending);

// What was read and is not among `taken`.
DiscoveredPartition LeftBehind(const PendingFiles& pending, const std::vector<int64_t>& taken);

// The versions that these files replaced under their paths, and whose rows are in the table.
Result<std::vector<int64_t>> FindOverwritten(const Dataset& dataset,
                                             const std::vector<int64_t>& ids, Ledger* ledger);

Result<PendingFiles> FindPending(const Dataset& dataset, const DiscoveredPartition& partition,
                                 PendingKind kind, Ledger* ledger);

}  // namespace lakegate
