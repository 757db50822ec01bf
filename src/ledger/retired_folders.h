// Table retired_folder: old versions of partitions that readers may still have open, to be removed
// when their grace time is over. Only what is recorded here is ever removed.
#pragma once

#include <string>
#include <vector>

#include "core/clock.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

struct RetiredFolder {
  std::string path;
  std::string dataset;
  std::string partition_key;
  TimestampUs retired_us = 0;
  TimestampUs remove_after_us = 0;
};

// Borrows the database; one thread.
class RetiredFolders {
 public:
  explicit RetiredFolders(SqliteDatabase& database) : database_(database) {}

  Status Record(const RetiredFolder& folder);
  // Those whose grace time is over, oldest first.
  Result<std::vector<RetiredFolder>> ListDue(TimestampUs now_us);
  Result<std::vector<RetiredFolder>> List();
  // After it was removed from the disk.
  Status Forget(const std::string& path);

 private:
  SqliteDatabase& database_;
};

}  // namespace lakegate
