// What an upsert stages: of the rows that were just accepted the newest of every key, if none that
// is stored is newer; and which stored rows they take the place of.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "publish/load_publisher.h"
#include "run/check_job.h"
#include "run/discovery.h"
#include "run/lake.h"
#include "run/load_stage.h"

namespace lakegate {

struct UpsertStageRequest {
  const CheckPlan* plan = nullptr;
  const Dataset* dataset = nullptr;
  const DiscoveredPartition* partition = nullptr;
  const RunSettings* settings = nullptr;
  Ledger* ledger = nullptr;
  LoadStage* stage = nullptr;  // with the accepted rows
  std::string table_dir;
  std::string staging;
};

// Keys that were taken out of a table are remembered, so that a late older row does not bring them
// back: files beside the staging zone, published like a partition of this dataset.
std::string DeletedDataset(const std::string& dataset);

// The new versions of all partitions that change.
Result<std::vector<LoadPart>> StageUpsert(const UpsertStageRequest& request);

}  // namespace lakegate
