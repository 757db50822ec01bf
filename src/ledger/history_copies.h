// Table history_copy: copies in history that a run has made, or is about to make, of landed files.
// The row is there before the copy; the publication turns it into the file's stored path.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ledger/sqlite_database.h"

namespace lakegate {

struct HistoryCopy {
  std::string run_id;
  int64_t landed_file_id = 0;
  std::string stored_path;
};

// Borrows the database; one thread.
class HistoryCopies {
 public:
  explicit HistoryCopies(SqliteDatabase& database) : database_(database) {}

  // Replaces what was recorded for the same run and file.
  Status Record(const HistoryCopy& copy);
  Result<std::vector<HistoryCopy>> List();  // of all runs
  Result<std::vector<HistoryCopy>> ListForRun(const std::string& run_id);
  // Whether a landed file is stored there, or another run counts on it.
  Result<bool> IsNeeded(const HistoryCopy& copy);
  // Whether anybody else has, or may be making, a copy in the same folder that is not stored yet.
  Result<bool> IsFolderInUse(const HistoryCopy& copy);
  // The copies become where their files are stored. Inside the publication's transaction.
  Status Apply(const std::string& run_id);
  Status Forget(const HistoryCopy& copy);

 private:
  SqliteDatabase& database_;
};

}  // namespace lakegate
