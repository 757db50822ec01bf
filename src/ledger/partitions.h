// Table partition: what `status` shows. One row per partition that was ever heard of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

// The single partition of a dataset without partition columns.
inline constexpr const char* kWholeTableKey = "-";

// missing -> waiting -> ready -> running -> published, and: gated (the data failed, the old version
// is still live), failed (the operation failed), stale (must be published again), held (a file is
// held at the door).
enum class PartitionState : uint8_t {
  kMissing,
  kWaiting,
  kReady,
  kRunning,
  kPublished,
  kGated,
  kFailed,
  kStale,
  kHeld,
};
const char* Name(PartitionState state);  // "missing", ...

struct Partition {
  std::string dataset;
  std::string key;
  PartitionState state = PartitionState::kMissing;
  // Of the version that is live, whatever the state; none: never published.
  std::optional<int64_t> published_version;
  std::optional<std::string> fingerprint;
  std::optional<std::string> contract_hash;
  std::optional<std::string> code_version;
  std::optional<std::string> why;  // it is stale, gated, failed, held
  std::optional<std::string> last_run_id;
  TimestampUs updated_us = 0;
};

struct PartitionPublished {
  std::string dataset;
  std::string key;
  int64_t version = 0;
  std::string fingerprint;
  std::string contract_hash;
  std::string code_version;
  std::string run_id;
};

// Borrows the database; one thread.
class Partitions {
 public:
  explicit Partitions(SqliteDatabase& database) : database_(database) {}

  Result<std::optional<Partition>> Find(const std::string& dataset, const std::string& key);
  // In order of key.
  Result<std::vector<Partition>> List(const std::string& dataset);

  // Makes the row if it is new. What is published, and the last run, stay as they are.
  Status SetState(const std::string& dataset, const std::string& key, PartitionState state,
                  const std::optional<std::string>& why, TimestampUs now_us);
  // The same, and the run that brought it there.
  Status SetRunState(const std::string& dataset, const std::string& key, PartitionState state,
                     const std::optional<std::string>& why, const std::string& run_id,
                     TimestampUs now_us);
  // Another version of the same rows: all else stays. Only inside the transaction that records it.
  Status SetVersion(const std::string& dataset, const std::string& key, int64_t version);
  // Forgets rows of a missing date, if partitions of that date (and of more columns) are known now.
  // Returns their keys.
  Result<std::vector<std::string>> ForgetFound(const std::string& dataset);
  // State published. Only inside the transaction that records the publication.
  Status SetPublished(const PartitionPublished& published, TimestampUs now_us);

 private:
  SqliteDatabase& database_;
};

}  // namespace lakegate
