#include "publish/publication_record.h"

#include <optional>

namespace lakegate {

namespace {

Result<int64_t> FinishedByOther(Ledger& ledger, const Intent& intent) {
  LAKEGATE_ASSIGN(const auto publication, ledger.publications().FindByRun(intent.run_id));
  if (publication) return publication->version;
  return Error{ErrorCode::kConflict,
               "the publication of '" + intent.dataset + "' partition '" + intent.partition_key +
                   "' by run " + intent.run_id + " was undone by another lakegate",
               "run again: the other one's result counts"};
}

Result<int64_t> RecordVersion(Ledger& ledger, const Intent& intent, TimestampUs now_us) {
  Publication publication;
  publication.dataset = intent.dataset;
  publication.partition_key = intent.partition_key;
  publication.run_id = intent.run_id;
  publication.live_path = intent.live_path;
  publication.published_us = now_us;
  publication.files = intent.files;
  LAKEGATE_ASSIGN(const int64_t version, ledger.publications().Record(publication));
  PartitionPublished published;
  published.dataset = intent.dataset;
  published.key = intent.partition_key;
  published.version = version;
  published.fingerprint = intent.fingerprint;
  published.contract_hash = intent.contract_hash;
  published.code_version = intent.code_version;
  published.run_id = intent.run_id;
  LAKEGATE_TRY(ledger.partitions().SetPublished(published, now_us));
  return version;
}

}  // namespace

Result<int64_t> RecordPublication(Ledger& ledger, const Intent& intent, const Leftover& leftover,
                                  TimestampUs now_us) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger.Begin());
  LAKEGATE_ASSIGN(const bool was_open, ledger.intents().Remove(intent.run_id));
  if (!was_open) return FinishedByOther(ledger, intent);
  LAKEGATE_ASSIGN(const int64_t version, RecordVersion(ledger, intent, now_us));
  for (int64_t id : intent.landed_file_ids) {
    LAKEGATE_TRY(ledger.landed_files().MarkConsumed(id, intent.run_id));
  }
  LAKEGATE_TRY(ledger.history_copies().Apply(intent.run_id));
  LAKEGATE_TRY(ledger.metric_history().Record(intent.dataset, intent.partition_key, intent.run_id,
                                              intent.metrics, now_us));
  LAKEGATE_TRY(ledger.runs().FinishPublished(intent.run_id, intent.run_end, now_us));
  LAKEGATE_TRY(ledger.quarantine_items().CloseByPublication(intent.run_id, now_us));
  if (!leftover.path.empty()) {
    LAKEGATE_TRY(ledger.retired_folders().Record(
        {leftover.path, intent.dataset, intent.partition_key, now_us, leftover.remove_after_us}));
  }
  LAKEGATE_TRY(transaction.Commit());
  return version;
}

}  // namespace lakegate
