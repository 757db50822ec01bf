// Table bookmark, and the part of landed_file that is one: which file versions a table has taken.
// The bookmark moves only in the transaction that records a publication, or by these commands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

struct Bookmark {
  std::optional<TimestampUs> paused_us;  // since when no new files are taken
  int64_t consumed = 0;                  // file versions that are in the table
  int64_t waiting = 0;                   // seen, and not taken yet
  int64_t held = 0;
  int64_t ignored = 0;
  std::optional<std::string> last_run_id;  // that took the newest
  std::optional<TimestampUs> last_taken_us;
};

// Files that are to be read again.
struct Rewound {
  int64_t files = 0;
  int64_t gone = 0;  // taken then, and no longer there: their rows stay as they are
};

// Borrows the database; one thread.
class Bookmarks {
 public:
  explicit Bookmarks(SqliteDatabase& database) : database_(database) {}

  Result<Bookmark> Find(const std::string& dataset);
  Result<std::optional<TimestampUs>> FindPause(const std::string& dataset);
  Status Pause(const std::string& dataset, TimestampUs now_us);
  Status Resume(const std::string& dataset);
  // Files that were taken by runs that published at or after `from_us` wait again.
  Result<Rewound> Rewind(const std::string& dataset, TimestampUs from_us);
  // When the run published; nothing if it did not publish for this dataset.
  Result<std::optional<TimestampUs>> FindPublication(const std::string& dataset,
                                                     const std::string& run_id);

 private:
  SqliteDatabase& database_;
};

}  // namespace lakegate
