#include "run/upsert_stage.h"

#include <algorithm>
#include <map>
#include <set>

#include "query/published_table.h"
#include "query/sql_type.h"
#include "query/upsert_merge.h"
#include "run/partition_path.h"
#include "run/table_output.h"
#include "write/parquet_rewriter.h"

namespace lakegate {
namespace {

std::string Joined(const std::string& folder, const std::string& path) {
  return path.empty() ? folder : folder + "/" + path;
}

// Marks of rows, by file.
using RowMarks = std::map<std::string, std::vector<bool>>;

RowMarks MarksOf(const std::vector<RowPlace>& places) {
  RowMarks marks;
  for (const RowPlace& place : places) {
    std::vector<bool>& rows = marks[place.file];
    const auto row = static_cast<size_t>(place.row);
    if (rows.size() <= row) rows.resize(row + 1, false);
    rows[row] = true;
  }
  return marks;
}

// All rows of a file but the marked ones.
std::vector<bool> AllBut(const RowMarks& marks, const std::string& file, int64_t rows) {
  std::vector<bool> others(static_cast<size_t>(rows), true);
  const auto marked = marks.find(file);
  if (marked == marks.end()) return others;
  for (size_t i = 0; i < marked->second.size(); ++i) others[i] = !marked->second[i];
  return others;
}

class UpsertStager {
 public:
  explicit UpsertStager(const UpsertStageRequest& request)
      : request_(request),
        publish_(request.dataset->publish),
        incoming_(request.stage->routed()),
        deleted_stage_(request.settings->storage, request.ledger,
                       {DeletedDataset(request.dataset->name), DeletedFolder(),
                        request.staging + "/deleted", LoadRows::kAsTheyAre}) {}

  Result<std::vector<LoadPart>> Run() {
    LAKEGATE_ASSIGN(const MergedRows merged, Merge());
    LAKEGATE_TRY(KeepWinners(MarksOf(merged.kept)));
    LAKEGATE_TRY(KeepDeleted(MarksOf(merged.deleted)));
    const RowMarks lost = MarksOf(merged.lost);
    LAKEGATE_ASSIGN(std::vector<LoadPart> parts, request_.stage->Compose(Lost(lost, live_), {}));
    LAKEGATE_ASSIGN(std::vector<LoadPart> deleted,
                    deleted_stage_.Compose(Lost(lost, deleted_live_), {}));
    for (LoadPart& part : deleted) {
      part.dataset = DeletedDataset(request_.dataset->name);
      part.live_path = Joined(DeletedFolder(), part.partition_path);
      part.staged_name = "deleted/" + part.staged_name;
      parts.push_back(std::move(part));
    }
    // Only the merge needed them.
    LAKEGATE_TRY(request_.settings->storage->RemoveTree(request_.stage->rows_folder()));
    return parts;
  }

 private:
  std::string IncomingFile(const std::string& path, const WrittenFile& file) const {
    return Joined(request_.stage->rows_folder(), path) + "/" + file.name;
  }

  // Beside the staging zone: the same file system, and no reader of tables looks there.
  std::string DeletedFolder() const {
    const std::string zone = request_.staging.substr(0, request_.staging.rfind('/'));
    return zone.substr(0, zone.rfind('/')) + "/deleted/" + request_.dataset->name;
  }

  // The landing path's values are the same in all rows of the run.
  std::vector<SqlConstant> PathValues() const {
    std::vector<SqlConstant> constants;
    for (const auto& [column, text] : request_.partition->values) {
      SqlConstant constant{column, {}, text};
      for (const FieldPlan& field : request_.plan->fields) {
        if (field.name == column) constant.type = field.type;
      }
      constants.push_back(std::move(constant));
    }
    return constants;
  }

  bool IsOurs(const Publication& publication) const {
    const auto values = ValuesOfPartitionPath(PartitionPathOfKey(publication.partition_key));
    return std::ranges::all_of(request_.partition->values, [&](const auto& want) {
      const auto value = values.find(want.first);
      return value != values.end() && value->second == want.second;
    });
  }

  Status Look(const std::string& dataset, std::vector<Publication>* live, SqlTable* table) const {
    LAKEGATE_ASSIGN(std::vector<Publication> current,
                    request_.ledger->publications().ListCurrent(dataset));
    for (Publication& publication : current) {
      if (!IsOurs(publication)) continue;
      for (const PublishedFile& file : publication.files) {
        if (file.rows > 0) table->files.push_back(publication.live_path + "/" + file.name);
      }
      live->push_back(std::move(publication));
    }
    return {};
  }

  Result<MergedRows> Merge() {
    UpsertMerge merge;
    merge.key = publish_.key;
    merge.order_by = publish_.order_by;
    merge.tombstone = publish_.tombstone.column;
    merge.tombstone_value = publish_.tombstone.value;
    merge.sequence = kSequenceColumn;
    merge.staged.name = "staged";
    for (const auto& [path, routed] : incoming_) {
      for (const WrittenFile& file : routed.files) {
        if (file.rows > 0) merge.staged.files.push_back(IncomingFile(path, file));
      }
    }
    merge.staged.constants = merge.deleted.constants = PathValues();
    merge.stored.name = "stored";
    merge.stored.path_columns = PartitionColumnTypes(*request_.dataset, *request_.plan);
    merge.deleted.name = "deleted";
    LAKEGATE_TRY(Look(request_.dataset->name, &live_, &merge.stored));
    LAKEGATE_TRY(Look(DeletedDataset(request_.dataset->name), &deleted_live_, &merge.deleted));
    return MergeUpsert(merge, request_.settings->sql, request_.settings->job.cancelled);
  }

  // Writes the winners, without what only the merge needed, as the partition's new file.
  Status KeepWinners(const RowMarks& kept) {
    RewriteOptions options;
    options.dropped_columns = {kSequenceColumn};
    for (const std::string& column : publish_.partition_by) {
      const bool is_date = std::ranges::any_of(
          publish_.date_columns, [&](const DatePartition& date) { return date.name == column; });
      if (!is_date) options.dropped_columns.push_back(column);
    }
    RoutedTable winners;
    for (const auto& [path, routed] : incoming_) {
      options.directory = Joined(request_.staging + "/rows", path);
      LAKEGATE_ASSIGN(options.number, request_.stage->FirstNumber(path));
      LAKEGATE_ASSIGN(WrittenFile written, WriteMarked(path, routed, kept, options));
      if (!written.name.empty()) winners[path].files.push_back(std::move(written));
    }
    request_.stage->routed() = std::move(winners);
    return {};
  }

  // The keys that the table no longer has.
  Status KeepDeleted(const RowMarks& deleted) {
    if (deleted.empty()) return {};
    const std::string path = request_.partition->path;
    RewriteOptions options;
    options.directory = Joined(deleted_stage_.rows_folder(), path);
    LAKEGATE_ASSIGN(options.number, deleted_stage_.FirstNumber(path));
    options.dropped_columns = {kSequenceColumn};
    for (const FieldPlan& field : request_.plan->fields) {
      const bool is_needed = field.name == publish_.order_by ||
                             std::ranges::find(publish_.key, field.name) != publish_.key.end();
      if (!is_needed) options.dropped_columns.push_back(field.name);
    }
    for (const auto& [name, kind] : publish_.add_columns) options.dropped_columns.push_back(name);
    std::vector<RewriteSource> sources;
    for (const auto& [partition, routed] : incoming_)
      AddMarked(partition, routed, deleted, &sources);
    LAKEGATE_TRY(
        request_.settings->storage->MakeDirectories(options.directory, DirectoryAccess::kShared));
    LAKEGATE_ASSIGN(WrittenFile written,
                    RewriteParquet(request_.settings->storage, sources, options));
    if (!written.name.empty()) {
      deleted_stage_.routed()[path].files.push_back(std::move(written));
    }
    return {};
  }

  void AddMarked(const std::string& path, const RoutedPartition& routed, const RowMarks& marked,
                 std::vector<RewriteSource>* sources) const {
    for (const WrittenFile& file : routed.files) {
      const std::string from = IncomingFile(path, file);
      if (marked.contains(from)) sources->push_back({from, AllBut(marked, from, file.rows)});
    }
  }

  Result<WrittenFile> WriteMarked(const std::string& path, const RoutedPartition& routed,
                                  const RowMarks& marked, const RewriteOptions& options) const {
    std::vector<RewriteSource> sources;
    AddMarked(path, routed, marked, &sources);
    if (sources.empty()) return WrittenFile{};
    LAKEGATE_TRY(
        request_.settings->storage->MakeDirectories(options.directory, DirectoryAccess::kShared));
    return RewriteParquet(request_.settings->storage, sources, options);
  }

  // By partition and name what `lost` has by path.
  static DroppedRows Lost(const RowMarks& lost, const std::vector<Publication>& live) {
    DroppedRows dropped;
    for (const Publication& publication : live) {
      for (const PublishedFile& file : publication.files) {
        const auto rows = lost.find(publication.live_path + "/" + file.name);
        if (rows != lost.end()) dropped[publication.partition_key][file.name] = rows->second;
      }
    }
    return dropped;
  }

  const UpsertStageRequest& request_;
  const Publish& publish_;
  const RoutedTable incoming_;
  LoadStage deleted_stage_;
  std::vector<Publication> live_;
  std::vector<Publication> deleted_live_;
};

}  // namespace

std::string DeletedDataset(const std::string& dataset) { return dataset + "#deleted"; }

Result<std::vector<LoadPart>> StageUpsert(const UpsertStageRequest& request) {
  return UpsertStager(request).Run();
}

}  // namespace lakegate
