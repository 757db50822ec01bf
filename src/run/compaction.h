// Merging the small files of a published partition: one more publication of the same rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/lake_config.h"
#include "core/result.h"
#include "ledger/ledger.h"
#include "run/lake.h"

namespace lakegate {

struct CompactionRequest {
  const LakeConfig* config = nullptr;
  const Dataset* dataset = nullptr;  // one that takes every file once
  const RunSettings* settings = nullptr;
  Ledger* ledger = nullptr;
  int64_t target_bytes = 0;
  int64_t min_files = 2;  // that can be merged; with fewer nothing is done
};

// Files with the same columns that follow each other and are less than three quarters of the target
// become one, closed when it reaches the target. So rows keep their order, and what was merged once
// is not merged again.
struct FileGroup {
  size_t first = 0;  // in the publication's files
  size_t count = 0;
};

enum class CompactionEnd : uint8_t {
  kNothing,  // the files are large enough, or few
  kMerged,
  kBusy,  // somebody else works on the partition
};

struct PartitionCompaction {
  CompactionEnd end = CompactionEnd::kNothing;
  std::string dataset;
  std::string key;
  std::string run_id;
  int64_t rows = 0;
  int64_t files_before = 0;
  int64_t bytes_before = 0;
  int64_t files_after = 0;  // of a plan: about
  int64_t bytes_after = 0;  // of a plan: at most about
};

// What would be merged; changes nothing.
Result<std::vector<FileGroup>> FindSmallFiles(const CompactionRequest& request,
                                              const Publication& publication);
PartitionCompaction PlannedCompaction(const CompactionRequest& request,
                                      const Publication& publication,
                                      const std::vector<FileGroup>& groups);

// Of a current version of the dataset, or of what an upsert remembers beside it. Takes the lease of
// the loads that change the partition. After an error the old version is live, unless the code is
// kCommitUnknown: the next Recover finishes it then. Borrows all; one thread.
Result<PartitionCompaction> CompactPartition(const CompactionRequest& request,
                                             const Publication& publication);

}  // namespace lakegate
