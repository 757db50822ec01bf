#include "ledger/retired_folders.h"

#include <limits>

#include "ledger/sqlite_rows.h"

namespace lakegate {

Status RetiredFolders::Record(const RetiredFolder& folder) {
  LAKEGATE_TRY(database_.Run(
      "INSERT OR REPLACE INTO retired_folder (path, dataset, partition_key, retired_us,"
      " remove_after_us) VALUES (?1, ?2, ?3, ?4, ?5)",
      folder.path, folder.dataset, folder.partition_key, folder.retired_us,
      folder.remove_after_us));
  return {};
}

Result<std::vector<RetiredFolder>> RetiredFolders::ListDue(TimestampUs now_us) {
  return AllRows<RetiredFolder>(
      database_.Query("SELECT path, dataset, partition_key, retired_us, remove_after_us"
                      " FROM retired_folder WHERE remove_after_us <= ?1 ORDER BY retired_us, path",
                      now_us),
      [](const SqliteStatement& row) {
        return RetiredFolder{row.Text(0), row.Text(1), row.Text(2), row.Int(3), row.Int(4)};
      });
}

Result<std::vector<RetiredFolder>> RetiredFolders::List() {
  return ListDue(std::numeric_limits<TimestampUs>::max());
}

Status RetiredFolders::Forget(const std::string& path) {
  LAKEGATE_TRY(database_.Run("DELETE FROM retired_folder WHERE path = ?1", path));
  return {};
}

}  // namespace lakegate
