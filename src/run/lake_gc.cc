#include "run/lake_gc.h"

#include <algorithm>
#include <set>

#include "publish/abandoned_run.h"
#include "publish/history_store.h"
#include "publish/plain_publisher.h"
#include "run/quarantine_folders.h"

namespace lakegate {
namespace {

class Collector {
 public:
  Collector(const LakeConfig& config, const RunSettings& settings, Ledger* ledger)
      : config_(config), settings_(settings), storage_(*settings.storage), ledger_(*ledger) {}

  Result<GarbageReport> Collect(bool dry_run) {
    LAKEGATE_TRY(FindStaging());
    LAKEGATE_TRY(FindOldVersions());
    LAKEGATE_TRY(FindQuarantine());
    for (Garbage& garbage : found_) LAKEGATE_TRY(Measure(&garbage));
    std::erase_if(found_, [](const Garbage& garbage) { return garbage.path.empty(); });
    if (dry_run) {
      report_.removed = std::move(found_);
    } else {
      LAKEGATE_TRY(Remove());
    }
    LAKEGATE_TRY(FindUnknown());
    return std::move(report_);
  }

 private:
  Status FindStaging() {
    LAKEGATE_ASSIGN(const std::vector<Run> open, ledger_.runs().ListOpen());
    for (const Run& run : open) {
      LAKEGATE_ASSIGN(const RunHold hold, HoldOf(run, machine_us_, &ledger_));
      // What has an intent is published or undone first; its leftovers are old versions then.
      if (hold != RunHold::kNone || !run.staging_path) continue;
      found_.push_back({GarbageKind::kStaging, *run.staging_path, run.dataset, run.partition_key,
                        run.id, "written aside by a run that did not end well"});
    }
    return {};
  }

  Status FindOldVersions() {
    LAKEGATE_ASSIGN(const std::vector<RetiredFolder> due,
                    ledger_.retired_folders().ListDue(machine_us_));
    for (const RetiredFolder& folder : due) {
      found_.push_back({GarbageKind::kOldVersion, folder.path, folder.dataset, folder.partition_key,
                        "", "an old version, its grace time is over"});
    }
    return {};
  }

  Status FindQuarantine() {
    LAKEGATE_ASSIGN(const std::vector<QuarantineItem> half,
                    ListAbandonedQuarantine(machine_us_, &ledger_));
    for (const QuarantineItem& item : half) {
      found_.push_back({GarbageKind::kHalfQuarantine, item.folder, item.dataset, item.partition_key,
                        item.run_id, "half-written by a dead run"});
    }
    for (const Dataset& dataset : config_.datasets) {
      if (!dataset.quarantine_retention_s) continue;
      const TimestampUs oldest_us = settings_.now_us - *dataset.quarantine_retention_s * 1'000'000;
      LAKEGATE_ASSIGN(const std::vector<QuarantineItem> items,
                      ledger_.quarantine_items().ListForDataset(dataset.name));
      for (const QuarantineItem& item : items) {
        if (item.removed_us || item.recorded_us > oldest_us) continue;
        old_items_.insert(item.run_id);
        found_.push_back({GarbageKind::kOldQuarantine, item.folder, item.dataset,
                          item.partition_key, item.run_id,
                          std::string(Name(item.state)) + ", older than quarantine.retention"});
      }
    }
    return {};
  }

  // A folder that is not there (any more, or was never made) is nothing to speak of.
  Status Measure(Garbage* garbage) {
    const Result<std::vector<FileInfo>> files = storage_.List(garbage->path);
    if (!files && files.error().code != ErrorCode::kNotFound) return files.error();
    if (!files) {
      garbage->path.clear();
      return {};
    }
    for (const FileInfo& file : *files) {
      ++garbage->files;
      garbage->bytes += file.size;
    }
    return {};
  }

  Status Remove() {
    PlainPublisher publisher(storage_, ledger_, *settings_.clock, {".", settings_.grace_us});
    LAKEGATE_ASSIGN(RecoveryReport recovered, publisher.Recover());
    report_.problems = std::move(recovered.problems);
    LAKEGATE_TRY(RemoveAbandonedQuarantine(&storage_, machine_us_, &ledger_));
    HistoryStore history(storage_, ledger_, config_.zones.history);
    LAKEGATE_TRY(history.ReleaseAbandoned(machine_us_));
    for (const std::string& run_id : old_items_) {
      LAKEGATE_ASSIGN(const std::optional<QuarantineItem> item,
                      ledger_.quarantine_items().Find(run_id));
      if (!item) continue;
      LAKEGATE_TRY(storage_.RemoveTree(item->folder));
      LAKEGATE_TRY(ledger_.quarantine_items().MarkRemoved(run_id, machine_us_));
    }
    for (Garbage& garbage : found_) {
      const Result<FileInfo> left = storage_.Stat(garbage.path);
      if (!left && left.error().code == ErrorCode::kNotFound) {
        report_.removed.push_back(std::move(garbage));
      }
    }
    return {};
  }

  // Folders where only ours should be.
  Status FindUnknown() {
    std::set<std::string> owned;
    LAKEGATE_ASSIGN(const std::vector<Run> open, ledger_.runs().ListOpen());
    for (const Run& run : open) owned.insert(run.staging_path.value_or(""));
    LAKEGATE_ASSIGN(const std::vector<RetiredFolder> retired, ledger_.retired_folders().List());
    for (const RetiredFolder& folder : retired) owned.insert(folder.path);
    LAKEGATE_ASSIGN(const std::vector<QuarantineItem> items, ledger_.quarantine_items().ListAll());
    for (const QuarantineItem& item : items) owned.insert(item.folder);
    std::set<std::string> unknown;
    for (const std::string& place :
         {std::string(kStateDirectory) + "/staging", config_.zones.tables + "/.staging",
          config_.zones.quarantine}) {
      const Result<std::vector<FileInfo>> files = storage_.List(place);
      if (!files && files.error().code != ErrorCode::kNotFound) return files.error();
      if (!files) continue;
      for (const FileInfo& file : *files) {
        const std::string folder = file.path.substr(0, file.path.rfind('/'));
        if (!IsBelow(folder, owned)) unknown.insert(folder);
      }
    }
    report_.unknown.assign(unknown.begin(), unknown.end());
    return {};
  }

  static bool IsBelow(std::string folder, const std::set<std::string>& owned) {
    for (;;) {
      if (owned.contains(folder)) return true;
      const size_t slash = folder.rfind('/');
      if (slash == std::string::npos) return false;
      folder.resize(slash);
    }
  }

  const LakeConfig& config_;
  const RunSettings& settings_;
  Storage& storage_;
  Ledger& ledger_;
  const TimestampUs machine_us_ = settings_.clock->Now();
  std::vector<Garbage> found_;
  std::set<std::string> old_items_;  // runs
  GarbageReport report_;
};

}  // namespace

const char* Name(GarbageKind kind) {
  switch (kind) {
    case GarbageKind::kStaging:
      return "staging";
    case GarbageKind::kOldVersion:
      return "old version";
    case GarbageKind::kHalfQuarantine:
      return "half quarantine";
    case GarbageKind::kOldQuarantine:
      return "old quarantine";
  }
  return "?";
}

Result<GarbageReport> CollectGarbage(const LakeConfig& config, const RunSettings& settings,
                                     bool dry_run) {
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, Ledger::Open(config.ledger, {}));
  return Collector(config, settings, ledger.get()).Collect(dry_run);
}

}  // namespace lakegate
