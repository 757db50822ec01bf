// Table quarantine_item: the records that a run set aside, what became of them, and the folder that
// holds their bytes. A run's row is there before its folder is, so that the ledger owns every
// folder in the quarantine zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

// kWriting: the run has not ended. kReplayed, kSuperseded: a later run of the partition judged the
// same records again and published. kExpired: open when retention removed its bytes.
enum class QuarantineState : uint8_t {
  kWriting,
  kOpen,
  kReplayed,
  kSuperseded,
  kDiscarded,
  kExpired,
};
const char* Name(QuarantineState state);  // "writing", ...

struct QuarantineItem {
  std::string run_id;  // that set the records aside
  std::string dataset;
  std::string partition_key;
  std::string folder;
  int64_t records = 0;
  bool is_replay = false;  // the run is a replay of earlier items
  QuarantineState state = QuarantineState::kWriting;
  std::optional<std::string> reason;     // kDiscarded
  std::optional<std::string> closed_by;  // run: kReplayed, kSuperseded
  TimestampUs recorded_us = 0;
  std::optional<TimestampUs> removed_us;  // when the folder was removed
};

// Borrows the database; one thread. Lists have the newest item first.
class QuarantineItems {
 public:
  explicit QuarantineItems(SqliteDatabase& database) : database_(database) {}

  // Before the folder is made; the run must be in the ledger. Only the first members count.
  Status Begin(const QuarantineItem& item, TimestampUs now_us);
  // kConflict if the row is gone: the run was found dead, and its folder removed.
  Status SetRecords(const std::string& run_id, int64_t records);
  // The run published: its records are open, those of all earlier runs of the partition are closed.
  // Inside the transaction that records the publication.
  Status CloseByPublication(const std::string& run_id, TimestampUs now_us);
  // The run added files to the table: its records are open; of earlier runs only those are closed
  // that did not publish, or whose files have all been read again. The consumed files must be
  // recorded already. Inside the transaction that records the publication.
  Status CloseByLoad(const std::string& run_id, TimestampUs now_us);
  // The run judged but did not publish: its records are open; of earlier runs only those are
  // closed that did not publish either.
  Status CloseByRefusal(const std::string& run_id, TimestampUs now_us);
  // kConflict, saying what became of it, unless it is open.
  Status Discard(const std::string& run_id, const std::string& reason, TimestampUs now_us);
  // Its folder was removed; an open one is expired then.
  Status MarkRemoved(const std::string& run_id, TimestampUs now_us);
  // Of a run that came to nothing, after its folder was removed.
  Status Forget(const std::string& run_id);

  Result<std::optional<QuarantineItem>> Find(const std::string& run_id);
  // Without those that are being written.
  Result<std::vector<QuarantineItem>> ListForDataset(const std::string& dataset);
  Result<std::vector<QuarantineItem>> ListOpen(const std::string& dataset,
                                               const std::string& partition_key);
  Result<std::vector<QuarantineItem>> ListWriting();
  // Of all datasets, in any state.
  Result<std::vector<QuarantineItem>> ListAll();

 private:
  // An item without records is removed, any other one is open.
  Status OpenOrForget(const std::string& run_id, TimestampUs now_us);
  SqliteDatabase& database_;
};

// "was replayed by run ...", for messages.
std::string WhatBecameOf(const QuarantineItem& item);

}  // namespace lakegate
