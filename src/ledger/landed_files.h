// Table landed_file: every version of every file that was ever seen in the landing zone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

// kGone: its bytes are no longer under its path (overwritten, or removed by the producer).
enum class LandedFileState : uint8_t { kSeen, kConsumed, kHeld, kIgnored, kGone };
const char* Name(LandedFileState state);  // "seen", ...

struct LandedFile {
  int64_t id = 0;
  std::string dataset;
  std::string path;         // where the producer put it
  std::string stored_path;  // where its bytes are now: `path`, or its place in history
  int64_t size = 0;
  int64_t mtime_ns = 0;
  std::string sha256;
  std::string partition_key;
  TimestampUs first_seen_us = 0;
  TimestampUs hashed_us = 0;
  LandedFileState state = LandedFileState::kSeen;
  std::optional<std::string> run_id;       // that consumed it
  std::optional<std::string> held_reason;  // or why it is ignored
  std::optional<std::string> held_by;      // identifies the rules that it did not pass
};

struct SeenFile {
  std::string dataset;
  std::string path;
  int64_t size = 0;
  int64_t mtime_ns = 0;
  std::string sha256;
  std::string partition_key;
};

// Borrows the database; one thread. Lists are in order of path, then id.
class LandedFiles {
 public:
  explicit LandedFiles(SqliteDatabase& database) : database_(database) {}

  // The version of (dataset, path) with this size and time, if its hash need not be taken again.
  // None when the file was changed less than two seconds before it was hashed: the clock of the
  // file system may be too coarse to show a change after that.
  Result<std::optional<LandedFile>> FindUnchanged(const std::string& dataset,
                                                  const std::string& path, int64_t size,
                                                  int64_t mtime_ns);
  // Records a version. Known content under a known path keeps its id and state (a gone one is
  // seen again). Other versions under the same path become gone, unless history holds them.
  Result<LandedFile> Register(const SeenFile& file, TimestampUs now_us);

  Result<std::optional<LandedFile>> Find(int64_t id);
  // All versions with the same bytes, whatever their path: re-sent files.
  Result<std::vector<LandedFile>> FindByContent(const std::string& dataset,
                                                const std::string& sha256);
  // Versions that were under the file's path before it, that were overwritten there, and whose rows
  // are in the table.
  Result<std::vector<LandedFile>> ListOverwritten(const LandedFile& file);
  Result<std::vector<LandedFile>> ListForPartition(const std::string& dataset,
                                                   const std::string& partition_key);
  Result<std::vector<LandedFile>> ListForDataset(const std::string& dataset);
  Result<std::vector<LandedFile>> ListHeld(const std::string& dataset);
  Result<std::vector<std::string>> ListPartitionKeys(const std::string& dataset);

  // Each is kNotFound for an unknown id.
  Status MarkSeen(int64_t id);  // released from being held or ignored
  // A gone one stays gone, but the run is noted.
  Status MarkConsumed(int64_t id, const std::string& run_id);
  // Its rows are out of the table: a newer version of the file took their place.
  Status MarkSuperseded(int64_t id);
  Status MarkHeld(int64_t id, const std::string& reason,
                  const std::optional<std::string>& rules = std::nullopt);
  Status MarkIgnored(int64_t id, const std::string& reason);
  Status MarkGone(int64_t id);
  Status SetStoredPath(int64_t id, const std::string& stored_path);

 private:
  Status SetState(int64_t id, LandedFileState state, const std::optional<std::string>& reason);
  SqliteDatabase& database_;
};

}  // namespace lakegate
