// The ledger: one SQLite file (WAL, synchronous=FULL) that knows every landed file, partition, run
// and publication of a lake. Any number of processes may have it open; writers take turns.
//
// Errors of every call: kUnavailable (busy beyond the timeout, disk full or failing),
// kPermissionDenied, kCorrupt, and what the aggregates say.
#pragma once

#include <memory>
#include <string>

#include "core/result.h"
#include "ledger/backfills.h"
#include "ledger/bookmarks.h"
#include "ledger/history_copies.h"
#include "ledger/intents.h"
#include "ledger/landed_files.h"
#include "ledger/lease_holder.h"
#include "ledger/leases.h"
#include "ledger/metric_history.h"
#include "ledger/outbox.h"
#include "ledger/part_sources.h"
#include "ledger/partitions.h"
#include "ledger/publications.h"
#include "ledger/quarantine_items.h"
#include "ledger/retired_folders.h"
#include "ledger/runs.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

struct LedgerOptions {
  int busy_timeout_ms = 10'000;  // how long to wait while another process writes
  IfMissing if_missing = IfMissing::kCreate;
  HolderProbe probe = ProbeHolder;
};

// Not thread safe: each thread opens its own. Must not be used across fork.
class Ledger {
 public:
  // Creates the file, and the folder it is in, if they are not there and it may; migrates older
  // versions.
  // kInvalidConfig: some other database. kUnsupported: written by a newer lakegate. kCorrupt:
  // damaged.
  static Result<std::unique_ptr<Ledger>> Open(const std::string& path,
                                              const LedgerOptions& options);

  // Groups writes of any aggregates into one step. Drop it to undo them.
  Result<SqliteTransaction> Begin() { return SqliteTransaction::Begin(*database_); }
  // Reads the whole file. kCorrupt with the first finding. For `doctor`: slow on a large ledger.
  Status CheckIntegrity();

  LandedFiles& landed_files() { return landed_files_; }
  Partitions& partitions() { return partitions_; }
  Runs& runs() { return runs_; }
  Publications& publications() { return publications_; }
  Leases& leases() { return leases_; }
  Intents& intents() { return intents_; }
  RetiredFolders& retired_folders() { return retired_folders_; }
  MetricHistory& metric_history() { return metric_history_; }
  Backfills& backfills() { return backfills_; }
  HistoryCopies& history_copies() { return history_copies_; }
  PartSources& part_sources() { return part_sources_; }
  Bookmarks& bookmarks() { return bookmarks_; }
  QuarantineItems& quarantine_items() { return quarantine_items_; }
  Outbox& outbox() { return outbox_; }

 private:
  Ledger(std::unique_ptr<SqliteDatabase> database, const LedgerOptions& options);

  std::unique_ptr<SqliteDatabase> database_;  // first: the others borrow it
  LandedFiles landed_files_;
  Partitions partitions_;
  Runs runs_;
  Publications publications_;
  Leases leases_;
  Intents intents_;
  RetiredFolders retired_folders_;
  MetricHistory metric_history_;
  Backfills backfills_;
  QuarantineItems quarantine_items_;
  HistoryCopies history_copies_;
  PartSources part_sources_;
  Bookmarks bookmarks_;
  Outbox outbox_;
};

}  // namespace lakegate
