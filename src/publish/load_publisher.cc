#include "publish/load_publisher.h"

#include <algorithm>
#include <set>
#include <utility>

#include "ledger/lease_holder.h"
#include "publish/live_folder.h"
#include "publish/publication_record.h"

namespace lakegate {

namespace {

constexpr int64_t kFinishLeaseUs = int64_t{3600} * 1'000'000;

// One part as FolderSwitch wants it.
Intent OfPart(const Intent& load, const IntentPart& part, const std::string& staging) {
  Intent intent;
  intent.run_id = load.run_id;
  intent.kind = part.kind;
  intent.table_dir = load.table_dir;
  intent.staging_path = staging + "/" + part.staged_name;
  intent.live_path = part.live_path;
  intent.staged_device = part.staged_device;
  intent.staged_inode = part.staged_inode;
  intent.files = part.files;
  return intent;
}

// The name of the staging folder once the holder of a later lease has taken it over.
std::string ClaimedPath(const Intent& intent, int64_t epoch) {
  return intent.staging_path + ".taken-" + std::to_string(epoch);
}

}  // namespace

LoadPublisher::LoadPublisher(Storage& storage, Ledger& ledger, const Clock& clock,
                             PublishOptions options)
    : storage_(storage),
      ledger_(ledger),
      clock_(clock),
      options_(std::move(options)),
      switch_(storage, options_.lake_root) {}

Status LoadPublisher::Publish(const LoadRequest& request) {
  LAKEGATE_ASSIGN(const auto run, ledger_.runs().Find(request.run_id));
  if (!run || run->ended_us || !run->staging_path) {
    return Error{ErrorCode::kConflict,
                 "run " + request.run_id + " is not open in the ledger, or has nothing staged",
                 "another lakegate may have closed it: run again"};
  }
  LAKEGATE_ASSIGN(const Intent intent, Prepare(request, *run));
  LAKEGATE_TRY(RecordIntent(intent));
  Status done = Switch(intent, intent.staging_path);
  if (done) done = Record(intent, intent.staging_path);
  if (done) return {};
  const Error first = done.error();
  if (Status undone = TakeBack(intent); undone) return first;
  // Some of it is visible: the only way is forward.
  done = Switch(intent, intent.staging_path);
  if (done) done = Record(intent, intent.staging_path);
  if (done) return {};
  return Error{ErrorCode::kCommitUnknown,
               "the partitions of " + intent.dataset +
                   " are published in part or not at all: " + first.message,
               "the next `lakegate run` finishes it"};
}

Result<Intent> LoadPublisher::Prepare(const LoadRequest& request, const Run& run) {
  Intent intent;
  intent.run_id = request.run_id;
  intent.dataset = run.dataset;
  intent.partition_key = run.partition_key;
  intent.kind = IntentKind::kSame;
  intent.table_dir = intent.live_path = request.table_dir;
  intent.staging_path = *run.staging_path;
  intent.lease = Lease{run.lease_resource, run.lease_epoch};
  intent.created_us = clock_.Now();
  intent.fingerprint = request.fingerprint;
  intent.contract_hash = request.contract_hash;
  intent.code_version = request.code_version;
  intent.run_end = request.run_end;
  intent.landed_file_ids = request.landed_file_ids;
  intent.metrics = request.metrics;
  IntentLoad& load = intent.load.emplace();
  load.superseded_ids = request.superseded_ids;
  for (const LoadPart& part : request.parts) {
    LAKEGATE_ASSIGN(IntentPart prepared,
                    PreparePart(request, part, intent.staging_path, intent.dataset));
    load.parts.push_back(std::move(prepared));
  }
  LAKEGATE_TRY(storage_.Sync(switch_.At(intent.staging_path)));
  return intent;
}

Result<IntentPart> LoadPublisher::PreparePart(const LoadRequest& request, const LoadPart& part,
                                              const std::string& staging,
                                              const std::string& dataset) {
  LAKEGATE_TRY(CheckPartitionPath(part.partition_path));
  IntentPart prepared;
  prepared.partition_key = PartitionKeyOfPath(part.partition_path);
  prepared.staged_name = part.staged_name;
  prepared.live_path = part.partition_path.empty() ? request.table_dir
                                                   : request.table_dir + "/" + part.partition_path;
  if (!part.live_path.empty()) prepared.live_path = part.live_path;
  prepared.dataset = part.dataset.empty() ? dataset : part.dataset;
  prepared.files = part.files;
  std::sort(prepared.files.begin(), prepared.files.end(),
            [](const PublishedFile& a, const PublishedFile& b) { return a.name < b.name; });
  prepared.sources = part.sources;
  if (prepared.files.empty()) {
    prepared.kind = IntentKind::kSame;
    return prepared;
  }
  const std::string folder = switch_.At(staging + "/" + part.staged_name);
  LAKEGATE_ASSIGN(const FileInfo staged, storage_.Stat(folder));
  prepared.staged_device = staged.device;
  prepared.staged_inode = staged.inode;
  LAKEGATE_ASSIGN(const auto staged_files, ListFolder(storage_, folder));
  if (!SameNamesAndSizes(staged_files, prepared.files)) {
    return Error{ErrorCode::kCorrupt,
                 "'" + folder + "' does not hold exactly the " +
                     std::to_string(prepared.files.size()) + " files of the new version",
                 "nothing was published; run again, and keep other programs out of that folder"};
  }
  LAKEGATE_ASSIGN(prepared.kind, ChooseKind(prepared));
  LAKEGATE_TRY(SyncStaged(prepared, folder));
  return prepared;
}

Result<IntentKind> LoadPublisher::ChooseKind(const IntentPart& part) {
  const std::string live = switch_.At(part.live_path);
  const auto info = storage_.Stat(live);
  if (!info && info.error().code == ErrorCode::kNotFound) return IntentKind::kFirst;
  if (!info) return info.error();
  LAKEGATE_ASSIGN(const auto current,
                  ledger_.publications().FindCurrent(part.dataset, part.partition_key));
  LAKEGATE_TRY(CheckLiveFolder(storage_, live, part.live_path,
                               current ? current->files : std::vector<PublishedFile>()));
  return IntentKind::kExchange;
}

Status LoadPublisher::SyncStaged(const IntentPart& part, const std::string& folder) {
  for (const PublishedFile& file : part.files) {
    LAKEGATE_TRY(storage_.Sync(folder + "/" + file.name));
  }
  return storage_.Sync(folder);
}

Status LoadPublisher::RecordIntent(const Intent& intent) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger_.Begin());
  LAKEGATE_TRY(ledger_.leases().Check(intent.lease));
  LAKEGATE_TRY(ledger_.intents().Record(intent));
  return transaction.Commit();
}

Result<bool> LoadPublisher::IsDone(const Intent& intent, const IntentPart& part,
                                   const std::string& staging) {
  const Intent single = OfPart(intent, part, staging);
  if (part.kind != IntentKind::kSame) return switch_.IsDone(single);
  const auto info = storage_.Stat(switch_.At(single.staging_path));
  if (!info && info.error().code != ErrorCode::kNotFound) return info.error();
  return info.has_value();
}

Status LoadPublisher::Switch(const Intent& intent, const std::string& staging) {
  std::set<std::string> folders;
  for (const IntentPart& part : intent.load->parts) {
    LAKEGATE_ASSIGN(const bool done, IsDone(intent, part, staging));
    const Intent single = OfPart(intent, part, staging);
    if (!done) {
      Status moved = part.kind == IntentKind::kSame
                         ? storage_.RenameDirectory(switch_.At(single.live_path),
                                                    switch_.At(single.staging_path))
                         : switch_.Move(single);
      // Somebody removed the folder by hand: nothing is left to take away.
      const bool was_gone =
          !moved && part.kind == IntentKind::kSame && moved.error().code == ErrorCode::kNotFound;
      if (was_gone) continue;
      LAKEGATE_TRY(std::move(moved));
    }
    // Also of those that are done: whoever did it may not have come to this.
    for (std::string& folder : switch_.FoldersOf(single)) folders.insert(std::move(folder));
  }
  for (const std::string& folder : folders) LAKEGATE_TRY(storage_.Sync(folder));
  return {};
}

Status LoadPublisher::Record(const Intent& intent, const std::string& staging) {
  const TimestampUs now_us = clock_.Now();
  const bool has_old = std::ranges::any_of(
      intent.load->parts, [](const IntentPart& part) { return part.kind != IntentKind::kFirst; });
  const Leftover leftover{staging, has_old ? now_us + options_.grace_us : now_us};
  const auto version = RecordPublication(ledger_, intent, leftover, now_us);
  return version ? Status() : Status(version.error());
}

// Only if nothing became visible; kConflict otherwise.
Status LoadPublisher::TakeBack(const Intent& intent) {
  for (const IntentPart& part : intent.load->parts) {
    LAKEGATE_ASSIGN(const bool done, IsDone(intent, part, intent.staging_path));
    if (done) return Error{ErrorCode::kConflict, "a part is visible already", ""};
  }
  LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger_.Begin());
  LAKEGATE_TRY(ledger_.leases().Check(intent.lease));
  LAKEGATE_ASSIGN(const bool was_open, ledger_.intents().Remove(intent.run_id));
  if (!was_open) return Error{ErrorCode::kConflict, "somebody else finished it", ""};
  return transaction.Commit();
}

Result<bool> LoadPublisher::Finish(const Intent& intent) {
  const TimestampUs now_us = clock_.Now();
  Result<Lease> lease =
      ledger_.leases().Acquire({intent.lease.resource, CurrentHolder(), kFinishLeaseUs}, now_us);
  if (!lease && lease.error().code == ErrorCode::kConflict) return false;
  if (!lease) return lease.error();
  Result<bool> finished = FinishUnder(intent, *lease);
  if (Status released = ledger_.leases().Release(*lease); !released && finished) {
    return released.error();
  }
  return finished;
}

Result<bool> LoadPublisher::FinishUnder(const Intent& intent, const Lease& lease) {
  LAKEGATE_ASSIGN(const bool open, ledger_.intents().SetLease(intent.run_id, lease));
  if (!open) return false;  // somebody else was faster
  LAKEGATE_ASSIGN(const std::string staging, Claim(intent, lease));
  LAKEGATE_TRY(Switch(intent, staging));
  LAKEGATE_TRY(Record(intent, staging));
  return true;
}

// Where the staging folder is, under a name that nobody before us knows.
Result<std::string> LoadPublisher::Claim(const Intent& intent, const Lease& lease) {
  const std::string claimed = ClaimedPath(intent, lease.epoch);
  for (int64_t epoch = lease.epoch - 1; epoch >= 0; --epoch) {
    // The newest name first; the oldest is the run's own.
    const std::string from = epoch == 0 ? intent.staging_path : ClaimedPath(intent, epoch);
    Status moved = storage_.RenameDirectory(switch_.At(from), switch_.At(claimed));
    if (moved) return claimed;
    if (moved.error().code != ErrorCode::kNotFound) return moved.error();
  }
  return Error{ErrorCode::kCorrupt,
               "the staging folder of run " + intent.run_id + " is gone: " + intent.staging_path,
               "its publication cannot be finished; restore the folder, then run again"};
}

}  // namespace lakegate
