// What is known of a dataset's partitions and files: from the ledger, and what should be there by
// now.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/lake_config.h"
#include "core/clock.h"
#include "core/result.h"
#include "ledger/ledger.h"

namespace lakegate {

struct DatasetStatus {
  std::string name;
  // By key. A date that should be there, and no run has said so yet, is missing and was never
  // updated (0).
  std::vector<Partition> partitions;
  std::map<std::string, int64_t> rows;  // by partition key
  std::vector<LandedFile> held;
  std::vector<LandedFile> ignored;
  std::vector<QuarantineItem> quarantine;
  // By partition key: records that nobody has decided about. Of the newest item, since a run whose
  // gate was closed sets the same records aside again.
  std::map<std::string, int64_t> set_aside;
  int64_t hidden = 0;  // published partitions that did not change for `days`
  // Days since 1970 of partitions of a date, the hidden ones too: the worst state of that date.
  std::map<int64_t, PartitionState> dates;
};

Result<DatasetStatus> StatusOf(Ledger* ledger, const Dataset& dataset, TimestampUs now_us,
                               int64_t days);

}  // namespace lakegate
