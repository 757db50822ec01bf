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

Result<int64_t> AddVersion(Ledger& ledger, const Intent& intent, TimestampUs now_us) {
  Publication publication;
  publication.dataset = intent.dataset;
  publication.partition_key = intent.partition_key;
  publication.run_id = intent.run_id;
  publication.live_path = intent.live_path;
  publication.published_us = now_us;
  publication.files = intent.files;
  return ledger.publications().Record(publication);
}

Result<int64_t> RecordVersion(Ledger& ledger, const Intent& intent, TimestampUs now_us) {
  LAKEGATE_ASSIGN(const int64_t version, AddVersion(ledger, intent, now_us));
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

Intent OfPart(const Intent& intent, const IntentPart& part) {
  Intent single;
  single.dataset = part.dataset;
  single.run_id = intent.run_id;
  single.fingerprint = intent.fingerprint;
  single.contract_hash = intent.contract_hash;
  single.code_version = intent.code_version;
  single.partition_key = part.partition_key;
  single.live_path = part.live_path;
  single.files = part.files;
  return single;
}

Status RecordPart(Ledger& ledger, const Intent& intent, const IntentPart& part,
                  TimestampUs now_us) {
  const auto version = RecordVersion(ledger, OfPart(intent, part), now_us);
  if (!version) return version.error();
  return ledger.part_sources().Replace(part.dataset, part.partition_key, part.files, part.sources);
}

// Every part has a version of its own; the partition that the run was started for stands for all.
Status RecordParts(Ledger& ledger, const Intent& intent, TimestampUs now_us) {
  bool has_own = false;
  for (const IntentPart& part : intent.load->parts) {
    LAKEGATE_TRY(RecordPart(ledger, intent, part, now_us));
    has_own =
        has_own || (part.dataset == intent.dataset && part.partition_key == intent.partition_key);
  }
  for (const int64_t id : intent.load->superseded_ids) {
    LAKEGATE_TRY(ledger.landed_files().MarkSuperseded(id));
  }
  if (has_own) return {};
  return ledger.partitions().SetRunState(intent.dataset, intent.partition_key,
                                         PartitionState::kPublished, std::nullopt, intent.run_id,
                                         now_us);
}

// The same rows in other files: no file was judged or taken, and nothing else changes.
Status RecordCompaction(Ledger& ledger, const Intent& intent, TimestampUs now_us) {
  for (const IntentPart& part : intent.load->parts) {
    LAKEGATE_ASSIGN(const int64_t version, AddVersion(ledger, OfPart(intent, part), now_us));
    LAKEGATE_TRY(ledger.partitions().SetVersion(part.dataset, part.partition_key, version));
    LAKEGATE_TRY(
        ledger.part_sources().Replace(part.dataset, part.partition_key, part.files, part.sources));
  }
  return {};
}

// What the run judged: the landed files it took, what it measured and set aside.
Status RecordJudged(Ledger& ledger, const Intent& intent, TimestampUs now_us) {
  for (const int64_t id : intent.landed_file_ids) {
    LAKEGATE_TRY(ledger.landed_files().MarkConsumed(id, intent.run_id));
  }
  LAKEGATE_TRY(ledger.history_copies().Apply(intent.run_id));
  LAKEGATE_TRY(ledger.metric_history().Record(intent.dataset, intent.partition_key, intent.run_id,
                                              intent.metrics, now_us));
  return intent.load ? ledger.quarantine_items().CloseByLoad(intent.run_id, now_us)
                     : ledger.quarantine_items().CloseByPublication(intent.run_id, now_us);
}

}  // namespace

Result<int64_t> RecordPublication(Ledger& ledger, const Intent& intent, const Leftover& leftover,
                                  TimestampUs now_us) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger.Begin());
  LAKEGATE_ASSIGN(const bool was_open, ledger.intents().Remove(intent.run_id));
  if (!was_open) return FinishedByOther(ledger, intent);
  LAKEGATE_ASSIGN(const std::optional<Run> run, ledger.runs().Find(intent.run_id));
  const bool is_compaction = run && run->purpose == RunPurpose::kCompaction;
  int64_t version = 0;
  if (is_compaction) {
    LAKEGATE_TRY(RecordCompaction(ledger, intent, now_us));
  } else if (intent.load) {
    LAKEGATE_TRY(RecordParts(ledger, intent, now_us));
  } else {
    LAKEGATE_ASSIGN(version, RecordVersion(ledger, intent, now_us));
  }
  if (!is_compaction) LAKEGATE_TRY(RecordJudged(ledger, intent, now_us));
  LAKEGATE_TRY(ledger.runs().FinishPublished(intent.run_id, intent.run_end, now_us));
  if (!leftover.path.empty()) {
    LAKEGATE_TRY(ledger.retired_folders().Record(
        {leftover.path, intent.dataset, intent.partition_key, now_us, leftover.remove_after_us}));
  }
  LAKEGATE_TRY(transaction.Commit());
  return version;
}

}  // namespace lakegate
