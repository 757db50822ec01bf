// Where a job's records go. Made anew for every pass; nothing is visible before Commit.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "storage/storage.h"
#include "write/quarantine_writer.h"
#include "write/table_writer.h"

namespace lakegate {

struct JobOutputs {
  std::unique_ptr<QuarantineWriter> quarantine;  // each may be null
  std::unique_ptr<PendingFile> clean;
  std::unique_ptr<TableWriter> table;
};

using OutputFactory = std::function<Result<JobOutputs>()>;

}  // namespace lakegate
