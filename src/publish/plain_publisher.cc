#include "publish/plain_publisher.h"

#include <algorithm>
#include <set>
#include <utility>

#include "publish/live_folder.h"
#include "publish/part_name.h"
#include "publish/publication_record.h"

namespace lakegate {

namespace {

bool HasContentNames(const std::vector<PublishedFile>& files) {
  return std::all_of(files.begin(), files.end(), [](const PublishedFile& file) {
    return IsPartName(std::string_view(file.name).substr(file.name.rfind('/') + 1));
  });
}

}  // namespace

std::string PartitionKeyOfPath(const std::string& partition_path) {
  return partition_path.empty() ? kWholeTableKey : partition_path;
}

PlainPublisher::PlainPublisher(Storage& storage, Ledger& ledger, const Clock& clock,
                               PublishOptions options)
    : storage_(storage),
      ledger_(ledger),
      clock_(clock),
      options_(std::move(options)),
      switch_(storage, options_.lake_root) {}

Result<PublishOutcome> PlainPublisher::Publish(const PublishRequest& request) {
  LAKEGATE_ASSIGN(const auto run, ledger_.runs().Find(request.run_id));
  if (!run || run->ended_us || !run->staging_path) {
    return Error{ErrorCode::kConflict,
                 "run " + request.run_id + " is not open in the ledger, or has nothing staged",
                 "another lakegate may have closed it: run again"};
  }
  LAKEGATE_ASSIGN(const Intent intent, Prepare(request, *run));
  LAKEGATE_TRY(RecordIntent(intent));
  PublishOutcome outcome;
  outcome.kind = intent.kind;
  Status applied = switch_.Apply(intent);
  Result<int64_t> version =
      applied ? Record(intent, intent.staging_path) : Result<int64_t>(applied.error());
  if (version) {
    outcome.version = *version;
  } else {
    auto settlement = Settle(intent);
    if (!settlement && settlement.error().code == ErrorCode::kConflict) {
      return std::move(settlement).error();
    }
    if (!settlement) {
      return Error{ErrorCode::kCommitUnknown,
                   "partition '" + intent.live_path + "' may or may not be published: " +
                       version.error().message + "; then " + settlement.error().message,
                   "the next `lakegate run` finishes or undoes it"};
    }
    if (settlement->how == Settled::kUndone) return std::move(version).error();
    outcome.version = settlement->version;
  }
  RecoveryReport removal;
  RemoveRetired(removal);
  if (!removal.problems.empty()) outcome.cleanup = removal.problems.front();
  return outcome;
}

Result<Intent> PlainPublisher::Prepare(const PublishRequest& request, const Run& run) {
  LAKEGATE_TRY(CheckPartitionPath(request.partition_path));
  Intent intent;
  intent.run_id = request.run_id;
  intent.dataset = run.dataset;
  intent.partition_key = PartitionKeyOfPath(request.partition_path);
  if (intent.partition_key != run.partition_key) {
    return Error{ErrorCode::kConflict,
                 "run " + run.id + " was started for partition '" + run.partition_key +
                     "', not for '" + intent.partition_key + "'",
                 "this is a bug in lakegate: please report it"};
  }
  intent.table_dir = request.table_dir;
  intent.staging_path = *run.staging_path;
  intent.live_path = request.partition_path.empty()
                         ? request.table_dir
                         : request.table_dir + "/" + request.partition_path;
  intent.lease = Lease{run.lease_resource, run.lease_epoch};
  intent.created_us = clock_.Now();
  intent.fingerprint = request.fingerprint;
  intent.contract_hash = request.contract_hash;
  intent.code_version = request.code_version;
  intent.run_end = request.run_end;
  intent.files = request.files;
  std::sort(intent.files.begin(), intent.files.end(),
            [](const PublishedFile& a, const PublishedFile& b) { return a.name < b.name; });
  intent.landed_file_ids = request.landed_file_ids;
  intent.metrics = request.metrics;
  LAKEGATE_ASSIGN(const FileInfo staged, storage_.Stat(switch_.At(intent.staging_path)));
  intent.staged_device = staged.device;
  intent.staged_inode = staged.inode;
  LAKEGATE_TRY(CheckStagedFiles(intent));
  LAKEGATE_ASSIGN(intent.kind, ChooseKind(intent));
  if (intent.kind == IntentKind::kExchange) LAKEGATE_TRY(TurnSharedNames(&intent));
  if (intent.kind != IntentKind::kSame) LAKEGATE_TRY(SyncStaged(intent));
  return intent;
}

// A reader that listed the old version finds all of its names in the new one, or none.
Status PlainPublisher::TurnSharedNames(Intent* intent) {
  LAKEGATE_ASSIGN(const auto live, ListFolder(storage_, switch_.At(intent->live_path)));
  std::set<std::string> old_names;
  for (const PublishedFile& file : live) old_names.insert(file.name);
  std::vector<PublishedFile*> shared;
  for (PublishedFile& file : intent->files) {
    if (old_names.contains(file.name)) shared.push_back(&file);
  }
  if (shared.size() == old_names.size()) return {};
  const std::string staged = switch_.At(intent->staging_path) + "/";
  for (PublishedFile* file : shared) {
    const size_t name_at = file->name.rfind('/') + 1;
    const std::string turned =
        file->name.substr(0, name_at) + TurnedPartName(file->name.substr(name_at));
    if (turned == file->name) continue;
    const Status linked = storage_.Link(staged + file->name, staged + turned);
    if (!linked && linked.error().code == ErrorCode::kUnsupported) continue;
    LAKEGATE_TRY(linked);
    LAKEGATE_TRY(storage_.Remove(staged + file->name));
    file->name = turned;
  }
  std::ranges::sort(intent->files, {}, &PublishedFile::name);
  return {};
}

Status PlainPublisher::CheckStagedFiles(const Intent& intent) {
  LAKEGATE_ASSIGN(const auto staged, ListFolder(storage_, switch_.At(intent.staging_path)));
  if (SameNamesAndSizes(staged, intent.files)) return {};
  return Error{ErrorCode::kCorrupt,
               "'" + intent.staging_path + "' does not hold exactly the " +
                   std::to_string(intent.files.size()) + " files that run " + intent.run_id +
                   " wrote",
               "nothing was published; run again, and keep other programs out of that folder"};
}

Result<IntentKind> PlainPublisher::ChooseKind(const Intent& intent) {
  const std::string live = switch_.At(intent.live_path);
  auto info = storage_.Stat(live);
  if (!info && info.error().code == ErrorCode::kNotFound) return IntentKind::kFirst;
  if (!info) return std::move(info).error();
  LAKEGATE_ASSIGN(const auto live_files, ListFolder(storage_, live));
  LAKEGATE_ASSIGN(const auto current,
                  ledger_.publications().FindCurrent(intent.dataset, intent.partition_key));
  const std::vector<PublishedFile> recorded =
      current ? current->files : std::vector<PublishedFile>();
  LAKEGATE_TRY(CheckLiveFolder(storage_, live, intent.live_path, recorded));
  const bool same = SameNamesAndSizes(live_files, intent.files) &&
                    SameNamesAndSizes(recorded, intent.files) && HasContentNames(intent.files);
  return same ? IntentKind::kSame : IntentKind::kExchange;
}

Status PlainPublisher::SyncStaged(const Intent& intent) {
  const std::string staged = switch_.At(intent.staging_path);
  std::set<std::string> folders;  // of a table whose partitions are published at once
  for (const PublishedFile& file : intent.files) {
    LAKEGATE_TRY(storage_.Sync(staged + "/" + file.name));
    for (size_t slash = file.name.rfind('/'); slash != std::string::npos && slash > 0;
         slash = file.name.rfind('/', slash - 1)) {
      folders.insert(file.name.substr(0, slash));
    }
  }
  for (const std::string& folder : folders) LAKEGATE_TRY(storage_.Sync(staged + "/" + folder));
  return storage_.Sync(staged);
}

Status PlainPublisher::RecordIntent(const Intent& intent) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger_.Begin());
  LAKEGATE_TRY(ledger_.leases().Check(intent.lease));
  LAKEGATE_TRY(ledger_.intents().Record(intent));
  return transaction.Commit();
}

Result<int64_t> PlainPublisher::Record(const Intent& intent, const std::string& leftover_path) {
  const TimestampUs now_us = clock_.Now();
  Leftover leftover;
  if (intent.kind != IntentKind::kFirst) leftover.path = leftover_path;
  // A staged folder that nobody ever saw needs no grace.
  leftover.remove_after_us =
      intent.kind == IntentKind::kExchange ? now_us + options_.grace_us : now_us;
  return RecordPublication(ledger_, intent, leftover, now_us);
}

Result<PlainPublisher::Settlement> PlainPublisher::Settle(const Intent& intent) {
  std::string leftover_path = intent.staging_path;
  LAKEGATE_ASSIGN(bool done, switch_.IsDone(intent));
  if (!done) {
    LAKEGATE_ASSIGN(const bool undone, switch_.Undo(intent));
    done = !undone;
    leftover_path = FolderSwitch::AbandonedPath(intent);
  }
  if (done) {
    LAKEGATE_TRY(switch_.MakeDurable(intent));
    LAKEGATE_ASSIGN(const int64_t version, Record(intent, leftover_path));
    return Settlement{Settled::kFinished, version};
  }
  LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger_.Begin());
  LAKEGATE_TRY(ledger_.intents().Remove(intent.run_id));
  LAKEGATE_TRY(ledger_.runs().ForgetStaging(intent.run_id));
  LAKEGATE_TRY(transaction.Commit());
  return Settlement{Settled::kUndone, 0};
}

}  // namespace lakegate
