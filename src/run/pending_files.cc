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

Result<bool> IsIntact(Storage* storage, const std::string& path, int64_t size) {
  const Result<FileInfo> info = storage->Stat(path);
  if (!info && info.error().code != ErrorCode::kNotFound) return info.error();
  return info && info->size == size;
}

// The landed files whose rows a table file has.
Result<std::set<int64_t>> SourcesOf(const Dataset& dataset, const std::string& key,
                                    const PublishedFile& file, Ledger* ledger) {
  LAKEGATE_ASSIGN(const std::vector<PartSource> sources,
                  ledger->part_sources().ListForPartition(dataset.name, key));
  std::set<int64_t> ids;
  for (const PartSource& source : sources) {
    if (source.name == file.name) ids.insert(source.landed_file_id);
  }
  return ids;
}

Error LostFor(const std::string& what, const std::string& why) {
  return {ErrorCode::kCorrupt,
          "a published file is gone or changed and cannot be made again: " + what + "; " + why,
          "restore it from a backup, then run again"};
}

Result<std::map<int64_t, LandedFile>> NowById(const Dataset& dataset, const std::string& key,
                                              Ledger* ledger) {
  LAKEGATE_ASSIGN(std::vector<LandedFile> files,
                  ledger->landed_files().ListForPartition(dataset.name, key));
  std::map<int64_t, LandedFile> by_id;
  for (LandedFile& file : files) by_id.emplace(file.id, std::move(file));
  return by_id;
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

DiscoveredPartition LeftBehind(const PendingFiles& pending, const std::vector<int64_t>& taken) {
  DiscoveredPartition left;
  const std::set<int64_t> good(taken.begin(), taken.end());
  for (const LandedFile& file : pending.read) {
    if (!good.contains(file.id)) left.files.push_back(file);
  }
  return left;
}

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

Result<bool> ShareStored(const DuplicateFile& duplicate, Ledger* ledger) {
  LAKEGATE_ASSIGN(
      const std::vector<LandedFile> same,
      ledger->landed_files().FindByContent(duplicate.file.dataset, duplicate.file.sha256));
  for (const LandedFile& other : same) {
    if (other.path != duplicate.same_as || other.stored_path == other.path) continue;
    LAKEGATE_TRY(ledger->landed_files().SetStoredPath(duplicate.file.id, other.stored_path));
    return true;
  }
  return false;
}

Status AddLost(const Dataset& dataset, const DiscoveredPartition& partition, Storage* storage,
               Ledger* ledger, PendingFiles* pending) {
  LAKEGATE_ASSIGN(const std::vector<Publication> live,
                  ledger->publications().ListCurrent(dataset.name));
  std::set<int64_t> ids;
  for (const Publication& publication : live) {
    for (const PublishedFile& file : publication.files) {
      const std::string path = publication.live_path + "/" + file.name;
      LAKEGATE_ASSIGN(const bool intact, IsIntact(storage, path, file.size));
      if (intact) continue;
      LAKEGATE_ASSIGN(const std::set<int64_t> sources,
                      SourcesOf(dataset, publication.partition_key, file, ledger));
      if (sources.empty() && file.rows > 0) return LostFor(path, "who wrote it is not known");
      ids.insert(sources.begin(), sources.end());
      pending->damage = path + " was gone or changed";
    }
  }
  for (const LandedFile& file : pending->read) ids.erase(file.id);
  for (const LandedFile& file : partition.files) {
    if (ids.erase(file.id) == 1) pending->read.push_back(file);
  }
  for (const int64_t id : ids) {
    LAKEGATE_ASSIGN(const std::optional<LandedFile> file, ledger->landed_files().Find(id));
    if (!file || file->partition_key != partition.key) continue;  // another load mends it
    return LostFor(pending->damage, file->path + " is not there any more");
  }
  std::ranges::sort(pending->read, {},
                    [](const LandedFile& file) { return std::pair(file.path, file.id); });
  return {};
}

Result<PendingFiles> FindPending(const Dataset& dataset, const DiscoveredPartition& partition,
                                 PendingKind kind, Ledger* ledger) {
  PendingFiles pending;
  std::set<std::string> open_runs;
  if (kind == PendingKind::kReplay) {
    LAKEGATE_ASSIGN(open_runs, OpenRuns(dataset, partition.key, ledger));
    LAKEGATE_ASSIGN(pending.gone, GoneOf(dataset, partition.key, open_runs, ledger));
  }
  // What became of them since they were discovered.
  LAKEGATE_ASSIGN(const auto now, NowById(dataset, partition.key, ledger));
  std::map<std::string, std::string> chosen;  // hash -> path
  for (const LandedFile& discovered : partition.files) {
    const auto known = now.find(discovered.id);
    const LandedFile& file = known == now.end() ? discovered : known->second;
    switch (file.state) {
      case LandedFileState::kGone:
        continue;
      case LandedFileState::kConsumed:
        if (kind == PendingKind::kNew) continue;
        if (kind == PendingKind::kReplay && !(file.run_id && open_runs.contains(*file.run_id))) {
          continue;
        }
        break;
      case LandedFileState::kIgnored:  // as long as there is a file whose bytes they are
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
      const bool is_known = file.state == LandedFileState::kIgnored;
      if (!is_known) pending.duplicates.push_back({file, same_as});
      continue;
    }
    chosen.emplace(file.sha256, file.path);
    pending.read.push_back(file);
  }
  return pending;
}

}  // namespace lakegate
