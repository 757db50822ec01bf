#include "run/pending_files.h"

#include <algorithm>
#include <map>
#include <set>

namespace lakegate {
namespace {

// The file of the partition with these bytes whose rows are in the table, if any.
Result<std::string> FindTaken(const LandedFile& file, Ledger* ledger) {
  LAKEGATE_ASSIGN(const std::vector<LandedFile> same,
                  ledger->landed_files().FindByContent(file.dataset, file.sha256));
  for (const LandedFile& other : same) {
    const bool is_taken =
        other.run_id &&
        (other.state == LandedFileState::kConsumed || other.state == LandedFileState::kGone ||
         other.state == LandedFileState::kSeen || other.state == LandedFileState::kHeld);
    if (other.id != file.id && is_taken && other.partition_key == file.partition_key) {
      return other.path;
    }
  }
  return std::string();
}

// Runs whose set-aside records nobody has decided about.
Result<std::set<std::string>> OpenRuns(const Dataset& dataset, const std::string& key,
                                       Ledger* ledger) {
  LAKEGATE_ASSIGN(const std::vector<QuarantineItem> open,
                  ledger->quarantine_items().ListOpen(dataset.name, key));
  std::set<std::string> runs;
  for (const QuarantineItem& item : open) runs.insert(item.run_id);
  return runs;
}

// What those runs took and is not there any more.
Result<std::vector<std::string>> GoneOf(const Dataset& dataset, const std::string& key,
                                        const std::set<std::string>& runs, Ledger* ledger) {
  LAKEGATE_ASSIGN(const std::vector<LandedFile> all,
                  ledger->landed_files().ListForDataset(dataset.name));
  std::vector<std::string> gone;
  for (const LandedFile& file : all) {
    const bool counts = file.state == LandedFileState::kGone && file.partition_key == key;
    if (counts && file.run_id && runs.contains(*file.run_id)) gone.push_back(file.path);
  }
  return gone;
}

}  // namespace

Result<std::vector<int64_t>> FindOverwritten(const Dataset& dataset,
                                             const std::vector<int64_t>& ids, Ledger* ledger) {
  std::vector<int64_t> overwritten;
  if (dataset.landing.keep == Keep::kMove)
    return overwritten;  // every version counts: decision 0016
  for (const int64_t id : ids) {
    LAKEGATE_ASSIGN(const std::optional<LandedFile> file, ledger->landed_files().Find(id));
    if (!file) continue;
    LAKEGATE_ASSIGN(const std::vector<LandedFile> versions,
                    ledger->landed_files().ListOverwritten(*file));
    for (const LandedFile& version : versions) overwritten.push_back(version.id);
  }
  return overwritten;
}

Result<PendingFiles> FindPending(const Dataset& dataset, const DiscoveredPartition& partition,
                                 PendingKind kind, Ledger* ledger) {
  PendingFiles pending;
  std::set<std::string> open_runs;
  if (kind == PendingKind::kReplay) {
    LAKEGATE_ASSIGN(open_runs, OpenRuns(dataset, partition.key, ledger));
    LAKEGATE_ASSIGN(pending.gone, GoneOf(dataset, partition.key, open_runs, ledger));
  }
  std::map<std::string, std::string> chosen;  // hash -> path
  for (const LandedFile& file : partition.files) {
    switch (file.state) {
      case LandedFileState::kIgnored:
      case LandedFileState::kGone:
        continue;
      case LandedFileState::kConsumed:
        if (kind == PendingKind::kNew) continue;
        if (kind == PendingKind::kReplay && !(file.run_id && open_runs.contains(*file.run_id))) {
          continue;
        }
        break;
      case LandedFileState::kSeen:
      case LandedFileState::kHeld:
        break;
    }
    std::string same_as;
    const auto before = chosen.find(file.sha256);
    if (before != chosen.end()) {
      same_as = before->second;
    } else if (!file.run_id) {  // else its own rows are in the table
      LAKEGATE_ASSIGN(same_as, FindTaken(file, ledger));
    }
    if (!same_as.empty()) {
      pending.duplicates.push_back({file, same_as});
      continue;
    }
    chosen.emplace(file.sha256, file.path);
    pending.read.push_back(file);
  }
  return pending;
}

}  // namespace lakegate
