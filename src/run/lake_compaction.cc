#include "run/lake_compaction.h"

#include <algorithm>

#include "publish/plain_publisher.h"
#include "run/partition_path.h"
#include "run/upsert_stage.h"

namespace lakegate {
namespace {

// Of the table, and of what an upsert remembers beside it.
Result<std::vector<Publication>> ListTables(const Dataset& dataset, Ledger* ledger) {
  LAKEGATE_ASSIGN(std::vector<Publication> all, ledger->publications().ListCurrent(dataset.name));
  if (dataset.publish.mode != PublishMode::kUpsert) return all;
  LAKEGATE_ASSIGN(const std::vector<Publication> deleted,
                  ledger->publications().ListCurrent(DeletedDataset(dataset.name)));
  all.insert(all.end(), deleted.begin(), deleted.end());
  return all;
}

bool IsSelected(const CompactionSelection& selection, const Publication& publication) {
  const auto values = ValuesOfPartitionPath(PartitionPathOfKey(publication.partition_key));
  return std::ranges::all_of(selection.partition, [&](const auto& want) {
    const auto value = values.find(want.first);
    return value != values.end() && value->second == want.second;
  });
}

bool IsSelected(const CompactionSelection& selection, const Dataset& dataset) {
  const auto& names = selection.datasets;
  const bool is_named = std::ranges::find(names, dataset.name) != names.end();
  return TakesFilesOnce(dataset.publish.mode) && (names.empty() || is_named);
}

Result<PartitionCompaction> PlanOne(const CompactionRequest& request,
                                    const Publication& publication) {
  LAKEGATE_ASSIGN(const std::vector<FileGroup> groups, FindSmallFiles(request, publication));
  return PlannedCompaction(request, publication, groups);
}

Status CompactDataset(const CompactionRequest& request, const CompactionSelection& selection,
                      const std::function<void(const CompactedPartition&)>& on_result) {
  LAKEGATE_ASSIGN(const std::vector<Publication> publications,
                  ListTables(*request.dataset, request.ledger));
  for (const Publication& publication : publications) {
    const std::atomic<bool>* const cancelled = request.settings->job.cancelled;
    if (cancelled != nullptr && *cancelled) {
      return Error{ErrorCode::kCancelled, "interrupted",
                   "what was merged stays so; run it again to go on"};
    }
    if (publication.files.empty() || !IsSelected(selection, publication)) continue;
    const Result<PartitionCompaction> done =
        selection.dry_run ? PlanOne(request, publication) : CompactPartition(request, publication);
    CompactedPartition result;
    if (done) {
      result.compaction = *done;
    } else {
      result.compaction.dataset = publication.dataset;
      result.compaction.key = publication.partition_key;
      result.error = done.error();
    }
    on_result(result);
  }
  return {};
}

}  // namespace

Result<std::vector<Error>> CompactLake(
    const LakeConfig& config, const CompactionSelection& selection, const RunSettings& settings,
    const std::function<void(const CompactedPartition&)>& on_result) {
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, Ledger::Open(config.ledger, {}));
  RecoveryReport recovered;
  if (!selection.dry_run) {
    PlainPublisher publisher(*settings.storage, *ledger, *settings.clock, {".", settings.grace_us});
    LAKEGATE_ASSIGN(recovered, publisher.Recover());
  }
  for (const Dataset& dataset : config.datasets) {
    if (!IsSelected(selection, dataset)) continue;
    CompactionRequest request;
    request.config = &config;
    request.dataset = &dataset;
    request.settings = &settings;
    request.ledger = ledger.get();
    request.target_bytes = selection.target_bytes.value_or(dataset.publish.compact.target_bytes);
    LAKEGATE_TRY(CompactDataset(request, selection, on_result));
  }
  return std::move(recovered.problems);
}

std::string CompactAfterLoad(const LakeConfig& config, const Dataset& dataset,
                             const std::string& run_id, const RunSettings& settings,
                             Ledger* ledger) {
  const Compact& compact = dataset.publish.compact;
  if (!compact.after_load || !TakesFilesOnce(dataset.publish.mode)) return "";
  const auto publications = ListTables(dataset, ledger);
  if (!publications) return "not compacted: " + publications.error().message;
  std::string note;
  const auto say = [&](const std::string& text) { note += (note.empty() ? "" : "; ") + text; };
  CompactionRequest request{&config,          &dataset, &settings, ledger, compact.target_bytes,
                            compact.min_files};
  for (const Publication& publication : *publications) {
    if (publication.run_id != run_id) continue;
    if (settings.job.cancelled != nullptr && *settings.job.cancelled) break;  // the next load's
    const auto done = CompactPartition(request, publication);
    if (!done) {
      say(publication.partition_key + " was not compacted: " + done.error().message);
    } else if (done->end == CompactionEnd::kMerged) {
      say("compacted " + done->key + ": " + std::to_string(done->files_before) + " files to " +
          std::to_string(done->files_after));
    }
  }
  return note;
}

}  // namespace lakegate
