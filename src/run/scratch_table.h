// Accepted rows as Parquet in a temporary folder, for the query rules of a check without a lake.
#pragma once

#include <memory>
#include <string>

#include "query/other_table.h"
#include "query/sql_engine.h"
#include "run/check_job.h"
#include "storage/storage.h"

namespace lakegate {

// The folder and all in it are removed at the end of its life, however that comes.
class ScratchTable {
 public:
  // `unique` tells it from those of other processes. Borrows storage.
  static Result<std::unique_ptr<ScratchTable>> Make(Storage* storage, const std::string& parent,
                                                    const std::string& unique);
  ~ScratchTable();
  ScratchTable(const ScratchTable&) = delete;
  ScratchTable& operator=(const ScratchTable&) = delete;

  Result<std::unique_ptr<TableWriter>> MakeWriter(const CheckPlan& plan);
  // Measures the plan's rules over what the last writer wrote. Borrows plan and `cancelled`.
  MeasureQueries Queries(const CheckPlan& plan, const SqlEngineOptions& engine,
                         const FindOtherTable& find, const std::atomic<bool>* cancelled) const;

 private:
  ScratchTable(Storage* storage, std::string folder)
      : storage_(storage), folder_(std::move(folder)) {}
  Storage* const storage_;
  const std::string folder_;
};

}  // namespace lakegate
