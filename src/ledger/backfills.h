// Tables backfill and backfill_item: durable plans to run a range of partitions again. A plan is
// made once; whoever goes on with it takes the items that are not done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

enum class BackfillState : uint8_t { kOpen, kDone, kCancelled };
const char* Name(BackfillState state);  // "open", "done", "cancelled"

enum class BackfillItemState : uint8_t { kPlanned, kDone, kFailed };
const char* Name(BackfillItemState state);  // "planned", "done", "failed"

struct Backfill {
  int64_t id = 0;
  std::string dataset;
  std::string options;  // what was asked for, as text: the same text is the same backfill
  BackfillState state = BackfillState::kOpen;
  TimestampUs created_us = 0;
  TimestampUs updated_us = 0;
};

struct BackfillItem {
  std::string partition_key;
  std::string why;  // it is part of the plan, or failed
  BackfillItemState state = BackfillItemState::kPlanned;
  int64_t attempts = 0;
  std::optional<std::string> run_id;  // of the last attempt
};

// Borrows the database; one thread.
class Backfills {
 public:
  explicit Backfills(SqliteDatabase& database) : database_(database) {}

  // A new open one with its items, in the order in which they are to be run.
  Result<int64_t> Create(const std::string& dataset, const std::string& options,
                         const std::vector<BackfillItem>& items, TimestampUs now_us);
  Result<std::optional<Backfill>> FindOpen(const std::string& dataset, const std::string& options);
  // Newest first.
  Result<std::vector<Backfill>> List(const std::string& dataset, int64_t limit);
  Result<std::vector<BackfillItem>> Items(int64_t id);
  // Counts an attempt. kNotFound for an unknown item.
  Status SetItem(int64_t id, const std::string& partition_key, BackfillItemState state,
                 const std::string& why, const std::optional<std::string>& run_id,
                 TimestampUs now_us);
  Status SetState(int64_t id, BackfillState state, TimestampUs now_us);

 private:
  SqliteDatabase& database_;
};

}  // namespace lakegate
