#include "run/compaction.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/uuid7.h"
#include "publish/load_publisher.h"
#include "publish/part_name.h"
#include "publish/staging.h"
#include "run/kept_file.h"
#include "run/partition_lease.h"
#include "run/partition_path.h"
#include "write/parquet_merger.h"

namespace lakegate {
namespace {

constexpr int kTries = 3;  // loads that come between planning and starting

int64_t RowsOf(const Publication& publication, const FileGroup& group) {
  int64_t rows = 0;
  for (size_t i = 0; i < group.count; ++i) rows += publication.files[group.first + i].rows;
  return rows;
}

// Where the rows of the merged files came from: the same rows in the same order, cut elsewhere.
std::vector<PartSource> TraceMerged(const std::vector<PartSource>& old_ones,
                                    const std::vector<PublishedFile>& from, const FileGroup& group,
                                    const std::vector<WrittenFile>& into) {
  std::vector<PartSource> sources;
  int64_t base = 0;  // row of the group that the old file begins with
  for (size_t i = group.first; i < group.first + group.count; ++i) {
    for (const PartSource& old : old_ones) {
      if (old.name != from[i].name) continue;
      int64_t begin = base + old.first_row;
      const int64_t end = begin + old.rows;
      int64_t file_begin = 0;
      for (const WrittenFile& file : into) {
        const int64_t here = std::min(end, file_begin + file.rows) - std::max(begin, file_begin);
        if (here > 0) {
          sources.push_back({file.name, begin - file_begin, here, old.landed_file_id});
          begin += here;
        }
        file_begin += file.rows;
      }
    }
    base += from[i].rows;
  }
  return sources;
}

// Runs of one landed file that follow each other are one.
std::vector<PartSource> Joined(const std::vector<PartSource>& sources) {
  std::vector<PartSource> joined;
  for (const PartSource& source : sources) {
    if (!joined.empty() && joined.back().name == source.name &&
        joined.back().landed_file_id == source.landed_file_id &&
        joined.back().first_row + joined.back().rows == source.first_row) {
      joined.back().rows += source.rows;
    } else {
      joined.push_back(source);
    }
  }
  return joined;
}

PartitionCompaction Before(const Publication& publication) {
  PartitionCompaction compaction;
  compaction.dataset = publication.dataset;
  compaction.key = publication.partition_key;
  for (const PublishedFile& file : publication.files) {
    ++compaction.files_before;
    compaction.bytes_before += file.size;
    compaction.rows += file.rows;
  }
  compaction.files_after = compaction.files_before;
  compaction.bytes_after = compaction.bytes_before;
  return compaction;
}

// Adjacent files of one schema; of a group that has no rows nothing would tell the columns.
Result<std::vector<FileGroup>> SplitBySchema(const CompactionRequest& request,
                                             const Publication& publication,
                                             const FileGroup& group) {
  std::vector<FileGroup> groups;
  std::string before;
  for (size_t i = group.first; i < group.first + group.count; ++i) {
    LAKEGATE_ASSIGN(const std::string schema,
                    ParquetSchemaText(request.settings->storage,
                                      publication.live_path + "/" + publication.files[i].name));
    if (groups.empty() || schema != before) groups.push_back({i, 0});
    ++groups.back().count;
    before = schema;
  }
  std::erase_if(groups, [&](const FileGroup& part) {
    return part.count < 2 || RowsOf(publication, part) == 0;
  });
  return groups;
}

// The work of one compaction, between the lease and its release.
class Compactor {
 public:
  Compactor(const CompactionRequest& request, const Publication& publication, std::string run_id,
            std::string staging)
      : request_(request),
        publication_(publication),
        storage_(*request.settings->storage),
        run_id_(std::move(run_id)),
        staging_(std::move(staging)) {}

  Result<PartitionCompaction> Run(const std::vector<FileGroup>& groups) {
    const std::string folder = staging_ + "/rows";
    LAKEGATE_TRY(storage_.MakeDirectories(folder, DirectoryAccess::kShared));
    LAKEGATE_ASSIGN(old_sources_, request_.ledger->part_sources().ListForPartition(
                                      publication_.dataset, publication_.partition_key));
    part_.partition_path = PartitionPathOfKey(publication_.partition_key);
    part_.staged_name = "rows";
    part_.dataset = publication_.dataset;
    part_.live_path = publication_.live_path;
    size_t next = 0;
    for (const FileGroup& group : groups) {
      LAKEGATE_TRY(Keep(next, group.first, folder));
      LAKEGATE_TRY(Merge(group, folder));
      next = group.first + group.count;
    }
    LAKEGATE_TRY(Keep(next, publication_.files.size(), folder));
    PartitionCompaction done = Before(publication_);
    done.end = CompactionEnd::kMerged;
    done.run_id = run_id_;
    done.files_after = done.bytes_after = 0;
    for (const PublishedFile& file : part_.files) {
      ++done.files_after;
      done.bytes_after += file.size;
    }
    LAKEGATE_TRY(Publish(done));
    return done;
  }

 private:
  Status Keep(size_t first, size_t end, const std::string& folder) {
    for (size_t i = first; i < end; ++i) {
      const PublishedFile& file = publication_.files[i];
      PublishedFile& kept = part_.files.emplace_back(file);
      kept.name = TurnedPartName(file.name);
      LAKEGATE_TRY(LinkOrCopy(&storage_, publication_.live_path + "/" + file.name,
                              folder + "/" + kept.name));
      for (PartSource source : old_sources_) {
        if (source.name != file.name) continue;
        source.name = kept.name;
        part_.sources.push_back(std::move(source));
      }
    }
    return {};
  }

  Status Merge(const FileGroup& group, const std::string& folder) {
    MergeRequest merge;
    merge.directory = folder;
    merge.target_bytes = request_.target_bytes;
    for (size_t i = group.first; i < group.first + group.count; ++i) {
      merge.sources.push_back(publication_.live_path + "/" + publication_.files[i].name);
      merge.numbers.push_back(NumberOfPart(publication_.files[i].name));
    }
    LAKEGATE_ASSIGN(const std::vector<WrittenFile> merged, MergeParquet(&storage_, merge));
    int64_t rows = 0;
    for (const WrittenFile& file : merged) {
      rows += file.rows;
      part_.files.push_back({file.name, file.size, file.rows});
    }
    if (rows != RowsOf(publication_, group)) {
      return Error{ErrorCode::kCorrupt,
                   "files of " + publication_.live_path + " have other rows than recorded",
                   "lakegate doctor looks at the lake"};
    }
    const auto sources = Joined(TraceMerged(old_sources_, publication_.files, group, merged));
    part_.sources.insert(part_.sources.end(), sources.begin(), sources.end());
    return {};
  }

  Status Publish(const PartitionCompaction& done) {
    LoadRequest load;
    load.run_id = run_id_;
    load.table_dir = request_.config->zones.tables + "/" + request_.dataset->name;
    load.parts = {part_};
    const nlohmann::ordered_json counters = {{"files_before", done.files_before},
                                             {"bytes_before", done.bytes_before},
                                             {"files_after", done.files_after},
                                             {"bytes_after", done.bytes_after}};
    load.run_end.counters = counters.dump();
    LoadPublisher publisher(storage_, *request_.ledger, *request_.settings->clock,
                            {".", request_.settings->grace_us});
    return publisher.Publish(load);
  }

  const CompactionRequest& request_;
  const Publication& publication_;
  Storage& storage_;
  const std::string run_id_;
  const std::string staging_;
  std::vector<PartSource> old_sources_;
  LoadPart part_;
};

// The run is over without a publication. What fails here is repaired by the next Recover.
void GiveUp(const CompactionRequest& request, const RunStart& run, const RunEnd& end) {
  const RunSettings& settings = *request.settings;
  (void)request.ledger->runs().Finish(run.id, end, settings.clock->Now());
  PlainPublisher publisher(*settings.storage, *request.ledger, *settings.clock,
                           {".", settings.grace_us});
  (void)publisher.DiscardStaging(run.id, *run.staging_path);
}

// With the lease. kBusy: a load came between.
Result<PartitionCompaction> CompactUnder(const CompactionRequest& request,
                                         const Publication& publication,
                                         const std::vector<FileGroup>& groups,
                                         const RunStart& run) {
  RunEnd end;
  const auto current =
      request.ledger->publications().FindCurrent(publication.dataset, publication.partition_key);
  if (current && (!*current || (*current)->version != publication.version)) {
    end.verdict = Verdict::kSkipped;
    GiveUp(request, run, end);
    PartitionCompaction busy = Before(publication);
    busy.end = CompactionEnd::kBusy;
    return busy;
  }
  Result<PartitionCompaction> done = PartitionCompaction{};
  if (current) {
    done = Compactor(request, publication, run.id, *run.staging_path).Run(groups);
  } else {
    done = current.error();
  }
  if (!done && done.error().code != ErrorCode::kCommitUnknown) {
    end.verdict = Verdict::kError;
    end.error_class = Name(done.error().code);
    GiveUp(request, run, end);
  }
  return done;
}

// Nothing: a load has the lease.
Result<std::optional<RunStart>> Start(const CompactionRequest& request,
                                      const std::string& partition_key) {
  const RunSettings& settings = *request.settings;
  LAKEGATE_ASSIGN(const std::string root, ChooseStagingRoot(*settings.storage, kStateDirectory,
                                                            request.config->zones.tables));
  RunStart run;
  run.id = MakeUuid7(settings.clock->Now(), *settings.random);
  run.dataset = request.dataset->name;
  run.partition_key = LoadKeyOf(*request.dataset, partition_key);
  run.staging_path = StagingFolder(root, run.id);
  run.started_us = settings.now_us;
  run.purpose = RunPurpose::kCompaction;
  // In one transaction: a load that finds the lease taken sees that it is worth waiting.
  LAKEGATE_ASSIGN(SqliteTransaction transaction, request.ledger->Begin());
  const Result<Lease> lease =
      AcquirePartition(run.dataset, run.partition_key, settings, request.ledger);
  if (!lease && lease.error().code == ErrorCode::kConflict) return std::optional<RunStart>();
  if (!lease) return lease.error();
  LAKEGATE_TRY(request.ledger->intents().CheckNone(run.dataset, run.partition_key));
  run.lease_resource = lease->resource;
  run.lease_epoch = lease->epoch;
  LAKEGATE_TRY(request.ledger->runs().Start(run));
  LAKEGATE_TRY(transaction.Commit());
  return std::optional(run);
}

Result<PartitionCompaction> TryOnce(const CompactionRequest& request,
                                    const Publication& publication) {
  LAKEGATE_ASSIGN(const std::vector<FileGroup> groups, FindSmallFiles(request, publication));
  if (groups.empty()) return Before(publication);
  LAKEGATE_ASSIGN(const std::optional<RunStart> run, Start(request, publication.partition_key));
  if (!run) {
    PartitionCompaction busy = Before(publication);
    busy.end = CompactionEnd::kBusy;
    return busy;
  }
  const Lease lease{run->lease_resource, run->lease_epoch};
  std::optional<LeaseKeeper> keeper;
  keeper.emplace(KeepingFor(*request.settings, *request.config), lease, *request.settings->clock);
  Result<PartitionCompaction> done = CompactUnder(request, publication, groups, *run);
  keeper.reset();
  const Status released = request.ledger->leases().Release(lease);
  if (done && !released) return released.error();
  return done;
}

}  // namespace

Result<std::vector<FileGroup>> FindSmallFiles(const CompactionRequest& request,
                                              const Publication& publication) {
  std::vector<FileGroup> groups;
  const int64_t small = request.target_bytes / 4 * 3;
  bool open = false;
  for (size_t i = 0; i < publication.files.size(); ++i) {
    if (publication.files[i].size >= small) {
      open = false;
      continue;
    }
    if (!open) groups.push_back({i, 0});
    open = true;
    ++groups.back().count;
  }
  const auto mergeable = [](const std::vector<FileGroup>& all) {
    size_t files = 0;
    for (const FileGroup& group : all) files += group.count;
    return static_cast<int64_t>(files);
  };
  std::erase_if(groups, [](const FileGroup& group) { return group.count < 2; });
  std::vector<FileGroup> same;
  if (mergeable(groups) < request.min_files) return same;
  for (const FileGroup& group : groups) {
    LAKEGATE_ASSIGN(const std::vector<FileGroup> split, SplitBySchema(request, publication, group));
    same.insert(same.end(), split.begin(), split.end());
  }
  if (mergeable(same) < request.min_files) same.clear();
  return same;
}

PartitionCompaction PlannedCompaction(const CompactionRequest& request,
                                      const Publication& publication,
                                      const std::vector<FileGroup>& groups) {
  PartitionCompaction plan = Before(publication);
  if (groups.empty()) return plan;
  plan.end = CompactionEnd::kMerged;
  for (const FileGroup& group : groups) {
    int64_t bytes = 0;
    for (size_t i = 0; i < group.count; ++i) bytes += publication.files[group.first + i].size;
    const int64_t files = (bytes + request.target_bytes - 1) / request.target_bytes;
    plan.files_after += files - static_cast<int64_t>(group.count);
  }
  return plan;
}

Result<PartitionCompaction> CompactPartition(const CompactionRequest& request,
                                             const Publication& publication) {
  Result<PartitionCompaction> done = TryOnce(request, publication);
  for (int i = 1; i < kTries && done && done->end == CompactionEnd::kBusy; ++i) {
    LAKEGATE_ASSIGN(const auto now, request.ledger->publications().FindCurrent(
                                        publication.dataset, publication.partition_key));
    if (!now || now->version == publication.version) break;  // a load is still at it
    done = TryOnce(request, *now);
  }
  return done;
}

}  // namespace lakegate
