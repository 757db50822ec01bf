#include "run/load_stage.h"

#include <algorithm>
#include <set>

#include "publish/part_name.h"
#include "run/kept_file.h"
#include "run/partition_path.h"
#include "write/parquet_rewriter.h"

namespace lakegate {
namespace {

// Which landed file each run of rows of the new files came from.
std::vector<PartSource> TraceNew(const RoutedPartition& routed,
                                 const std::vector<int64_t>& file_ids) {
  std::vector<PartSource> sources;
  size_t file = 0;
  int64_t row = 0;  // in that file
  for (RowsOfFile rows : routed.rows) {
    while (rows.rows > 0 && file < routed.files.size()) {
      const int64_t here = std::min(rows.rows, routed.files[file].rows - row);
      if (here == 0) {
        ++file;
        row = 0;
        continue;
      }
      sources.push_back({routed.files[file].name, row, here, file_ids[rows.file]});
      row += here;
      rows.rows -= here;
    }
  }
  return sources;
}

// The same of a file that lost rows; `drop` is by its old rows.
std::vector<PartSource> TraceKept(const std::vector<PartSource>& old_ones, const std::string& name,
                                  const std::string& new_name, const std::vector<bool>& drop) {
  std::vector<PartSource> sources;
  int64_t next = 0;
  for (const PartSource& source : old_ones) {
    if (source.name != name) continue;
    const auto begin = drop.begin() + source.first_row;
    const int64_t kept = std::count(begin, begin + source.rows, false);
    if (kept > 0) sources.push_back({new_name, next, kept, source.landed_file_id});
    next += kept;
  }
  return sources;
}

}  // namespace

Result<int64_t> LoadStage::FirstNumber(const std::string& partition_path) {
  LAKEGATE_ASSIGN(const auto current, ledger_->publications().FindCurrent(
                                          options_.dataset, PartitionKeyOfPath(partition_path)));
  int64_t next = 0;
  if (!current) return next;
  for (const PublishedFile& file : current->files)
    next = std::max(next, NumberOfPart(file.name) + 1);
  return next;
}

Result<DroppedRows> LoadStage::FindRows(const std::vector<int64_t>& landed_file_ids) {
  DroppedRows dropped;
  for (const int64_t id : landed_file_ids) {
    LAKEGATE_ASSIGN(const std::vector<PlacedSource> places,
                    ledger_->part_sources().ListForFile(options_.dataset, id));
    for (const PlacedSource& place : places) {
      std::vector<bool>& rows = dropped[place.partition_key][place.source.name];
      const auto end = static_cast<size_t>(place.source.first_row + place.source.rows);
      if (rows.size() < end) rows.resize(end, false);
      std::fill(rows.begin() + place.source.first_row,
                rows.begin() + static_cast<std::ptrdiff_t>(end), true);
    }
    LAKEGATE_ASSIGN(const std::optional<LandedFile> file, ledger_->landed_files().Find(id));
    if (places.empty() && file && file->run_id) LAKEGATE_TRY(RefuseUntraced());
  }
  return dropped;
}

// A file that was taken has no rows, or nobody knows where they are: the latter must not count
// twice.
Status LoadStage::RefuseUntraced() {
  LAKEGATE_ASSIGN(const std::vector<Publication> live,
                  ledger_->publications().ListCurrent(options_.dataset));
  for (const Publication& publication : live) {
    LAKEGATE_ASSIGN(
        const std::vector<PartSource> sources,
        ledger_->part_sources().ListForPartition(options_.dataset, publication.partition_key));
    std::set<std::string> traced;
    for (const PartSource& source : sources) traced.insert(source.name);
    for (const PublishedFile& file : publication.files) {
      if (file.rows == 0 || traced.contains(file.name)) continue;
      return Error{ErrorCode::kConflict,
                   "a landed file is to be read again, and its rows in " + publication.live_path +
                       "/" + file.name + " cannot be told from others: another mode wrote them",
                   "go back to that mode, or publish the dataset under a new name"};
    }
  }
  return {};
}

Result<std::vector<LoadPart>> LoadStage::Compose(const DroppedRows& dropped,
                                                 const std::vector<int64_t>& file_ids) {
  std::set<std::string> paths;
  for (const auto& [path, routed] : routed_) paths.insert(path);
  for (const auto& [key, files] : dropped) paths.insert(PartitionPathOfKey(key));
  std::vector<LoadPart> parts;
  for (const std::string& path : paths) {
    const auto routed = routed_.find(path);
    const auto drops = dropped.find(PartitionKeyOfPath(path));
    LAKEGATE_ASSIGN(LoadPart part,
                    ComposePart(path, routed == routed_.end() ? nullptr : &routed->second,
                                drops == dropped.end() ? std::map<std::string, std::vector<bool>>()
                                                       : drops->second,
                                file_ids));
    if (part.staged_name.empty()) continue;  // nothing changes
    if (part.files.empty()) part.staged_name = "removed-" + std::to_string(parts.size());
    parts.push_back(std::move(part));
  }
  return parts;
}

Result<LoadPart> LoadStage::ComposePart(const std::string& path, const RoutedPartition* routed,
                                        const std::map<std::string, std::vector<bool>>& dropped,
                                        const std::vector<int64_t>& file_ids) {
  LoadPart part;
  part.partition_path = path;
  const std::string name = path.empty() ? "rows" : "rows/" + path;
  const std::string folder = options_.staging + "/" + name;
  LAKEGATE_TRY(storage_->MakeDirectories(folder, DirectoryAccess::kShared));
  LAKEGATE_ASSIGN(const auto current,
                  ledger_->publications().FindCurrent(options_.dataset, PartitionKeyOfPath(path)));
  if (current) LAKEGATE_TRY(KeepOld(*current, dropped, folder, &part));
  if (routed != nullptr) {
    if (!file_ids.empty()) {
      const std::vector<PartSource> traced = TraceNew(*routed, file_ids);
      part.sources.insert(part.sources.end(), traced.begin(), traced.end());
    }
    for (const WrittenFile& file : routed->files) {
      // A file without rows is there to tell the columns: the others do that.
      if (file.rows == 0 && (!part.files.empty() || routed->files.size() > 1)) {
        LAKEGATE_TRY(storage_->Remove(folder + "/" + file.name));
        continue;
      }
      part.files.push_back({file.name, file.size, file.rows});
    }
  }
  std::ranges::sort(part.files, {}, &PublishedFile::name);
  const bool same = current && part.files == current->files;
  const bool nothing = !current && part.files.empty();
  if (!same && !nothing) part.staged_name = name;
  return part;
}

Status LoadStage::KeepOld(const Publication& current,
                          const std::map<std::string, std::vector<bool>>& dropped,
                          const std::string& folder, LoadPart* part) {
  LAKEGATE_ASSIGN(
      const std::vector<PartSource> old_ones,
      ledger_->part_sources().ListForPartition(options_.dataset, current.partition_key));
  const bool loses_names = std::ranges::any_of(
      current.files, [&](const PublishedFile& file) { return dropped.contains(file.name); });
  for (const PublishedFile& file : current.files) {
    const std::string from = current.live_path + "/" + file.name;
    const auto drops = dropped.find(file.name);
    if (drops == dropped.end()) {
      PublishedFile& kept = part->files.emplace_back(file);
      if (loses_names) kept.name = TurnedPartName(file.name);
      LAKEGATE_TRY(LinkOrCopy(storage_, from, folder + "/" + kept.name));
      if (!loses_names) continue;
      const std::vector<bool> none(static_cast<size_t>(file.rows), false);
      const std::vector<PartSource> all = TraceKept(old_ones, file.name, kept.name, none);
      part->sources.insert(part->sources.end(), all.begin(), all.end());
      continue;
    }
    std::vector<bool> drop = drops->second;
    drop.resize(static_cast<size_t>(file.rows), false);
    if (std::ranges::find(drop, false) == drop.end()) continue;  // nothing of it stays
    RewriteOptions options;
    options.directory = folder;
    options.number = NumberOfPart(file.name);
    LAKEGATE_ASSIGN(const WrittenFile written, RewriteParquet(storage_, {{from, drop}}, options));
    part->files.push_back({written.name, written.size, written.rows});
    const std::vector<PartSource> kept = TraceKept(old_ones, file.name, written.name, drop);
    part->sources.insert(part->sources.end(), kept.begin(), kept.end());
  }
  return {};
}

}  // namespace lakegate
