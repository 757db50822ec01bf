// Makes a staged folder visible as one partition of a plain (Hive style) table, in one step.
//
// Order of a publication, and what a crash after each step leads to at the next Recover:
//   1 staged files and folder are synced               undone
//   2 intent row (checks the lease)                    undone
//   3 folder renamed (first) or exchanged              finished
//   4 parent folders synced                            finished
//   5 one transaction: publication, partition, run,    it is done
//     consumed files, metrics; intent row removed
//   6 old version removed when its grace time is over  it is done; removed later
// The intent row fences: a run whose intent was finished or undone by somebody else cannot record,
// and cannot switch folders either, since undoing moves the staged folder away first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "ledger/ledger.h"
#include "publish/folder_switch.h"
#include "storage/storage.h"

namespace lakegate {

struct PublishOptions {
  // Paths in requests and in the ledger are relative to it unless absolute, so that a lake can be
  // moved or copied.
  std::string lake_root = ".";
  // How long the old version of a partition is kept for readers that are in the middle of listing
  // its folder. With 0 such a reader can see a folder that is being emptied.
  int64_t grace_us = 0;
};

struct PublishRequest {
  std::string run_id;          // started in the ledger, with a staging path that holds `files`
  std::string table_dir;       // e.g. "tables/events"
  std::string partition_path;  // e.g. "ingestion_date=2025-01-01"; empty: the whole table
  std::vector<PublishedFile> files;
  std::string fingerprint;
  std::string contract_hash;
  std::string code_version;
  std::vector<int64_t> landed_file_ids;  // the files that become consumed
  std::vector<MetricValue> metrics;
  RunEnd run_end;
};

struct PublishOutcome {
  int64_t version = 0;
  IntentKind kind = IntentKind::kFirst;  // kSame: the live folder was not touched
  std::optional<Error> cleanup;          // the old version could not be removed yet: only a note
};

struct RecoveryReport {
  int finished = 0;             // publications
  int undone = 0;               // publications
  int interrupted = 0;          // runs that were found dead and closed
  int removed = 0;              // staging folders and old versions
  int in_progress = 0;          // runs of others, left alone
  std::vector<Error> problems;  // what could not be repaired now; the rest was
};

// "events/..." of the ledger: the partition's path, or kWholeTableKey for an empty one.
std::string PartitionKeyOfPath(const std::string& partition_path);

// Borrows all its arguments; one thread. The clock must be the machine's (leases need it).
class PlainPublisher {
 public:
  PlainPublisher(Storage& storage, Ledger& ledger, const Clock& clock, PublishOptions options);

  // On success the partition is visible, durable and recorded. After an error the old version is
  // still live and nothing is recorded, unless the code is kCommitUnknown: Recover decides then.
  // kConflict: the lease was lost, somebody else publishes the partition, or the live folder has
  // files that are not ours. kUnsupported: no atomic exchange here. kInvalidData: a bad path.
  Result<PublishOutcome> Publish(const PublishRequest& request);

  // Call it before every run. Finishes or undoes every publication, closes every run and removes
  // every staging folder whose lease is not held any more; removes old versions after their grace
  // time. Idempotent; may be killed and repeated; several processes may do it at once.
  Result<RecoveryReport> Recover();

  // Every run that fails, or whose gate is closed, calls it last: removes its own staging folder,
  // also if Recover of another lakegate did so before and the run, waking up late, made it anew.
  // Leaves the folder alone if it is an old version by now, or if Recover has to decide about it.
  Status DiscardStaging(const std::string& run_id, const std::string& staging_path);

 private:
  enum class Settled : uint8_t { kFinished, kUndone };
  struct Settlement {
    Settled how = Settled::kFinished;
    int64_t version = 0;
  };

  Result<Intent> Prepare(const PublishRequest& request, const Run& run);
  Result<IntentKind> ChooseKind(const Intent& intent);
  Status CheckStagedFiles(const Intent& intent);
  Status TurnSharedNames(Intent* intent);
  Status SyncStaged(const Intent& intent);
  Status RecordIntent(const Intent& intent);
  Result<int64_t> Record(const Intent& intent, const std::string& leftover_path);
  Result<Settlement> Settle(const Intent& intent);
  void SettleAbandoned(RecoveryReport& report, const std::vector<Intent>& intents);
  Status CloseAbandonedRun(const Run& run, RecoveryReport& report);
  void RemoveRetired(RecoveryReport& report);

  Storage& storage_;
  Ledger& ledger_;
  const Clock& clock_;
  PublishOptions options_;
  FolderSwitch switch_;
};

}  // namespace lakegate
