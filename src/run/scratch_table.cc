#include "run/scratch_table.h"

#include "query/measure_queries.h"
#include "run/partition_queries.h"

namespace lakegate {
Result<std::unique_ptr<ScratchTable>> ScratchTable::Make(Storage* storage,
                                                         const std::string& parent,
                                                         const std::string& unique) {
  std::unique_ptr<ScratchTable> scratch(
      new ScratchTable(storage, parent + "/.lakegate-check-" + unique));
  LAKEGATE_TRY(storage->MakeDirectories(scratch->folder_, DirectoryAccess::kOwnerOnly));
  return scratch;
}

ScratchTable::~ScratchTable() { (void)storage_->RemoveTree(folder_); }

Result<std::unique_ptr<TableWriter>> ScratchTable::MakeWriter(const CheckPlan& plan) {
  TableWriterOptions options;
  options.directory = folder_;
  options.codec = Codec::kNone;
  return MakeParquetWriter(storage_, plan, options);
}

MeasureQueries ScratchTable::Queries(const CheckPlan& plan, const SqlEngineOptions& engine,
                                     const FindOtherTable& find,
                                     const std::atomic<bool>* cancelled) const {
  return [this, &plan, engine, find, cancelled](const JobOutcome& outcome) {
    QueryScene scene;
    scene.engine = engine;
    scene.now_us = engine.now_us.value_or(0);
    scene.cancelled = cancelled;
    scene.rows = outcome.totals.accepted;
    scene.contract_folder = FolderOf(plan.contract_file);
    scene.table.name = plan.dataset;
    for (const WrittenFile& file : outcome.table_files) {
      scene.table.files.push_back(folder_ + "/" + file.name);
    }
    scene.find_dataset = [&](const QueryRule& rule) { return find({"", rule.dataset}); };
    return MeasurePlan(plan, scene);
  };
}

}  // namespace lakegate
