// Byte-exact, immutable copies of landed files: "<zone>/<dataset>/file_land_timestamp=<unix>/
// <stem>_<unix>.<ext>", where <unix> is when the file was first seen.
//
// Order of a move, and what a crash after each step leads to at the next run:
//   1 row in history_copy                             the row is removed
//   2 copied aside, renamed, read again and compared  the copy is removed, or taken over
//   3 the publication's transaction: stored_path      the file counts from history
//   4 removed from land, if it is still the same      it is removed
// Nothing is removed from land before its bytes were read back from history.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "ledger/ledger.h"
#include "storage/storage.h"

namespace lakegate {

// Borrows storage and ledger; one thread.
class HistoryStore {
 public:
  HistoryStore(Storage& storage, Ledger& ledger, std::string zone)
      : storage_(storage), ledger_(ledger), zone_(std::move(zone)) {}

  // Steps 1 and 2, before the run publishes. The same bytes are stored once for a dataset.
  // kConflict: the landed file is not any more what the ledger says.
  Status Copy(const std::string& run_id, const LandedFile& file);
  // Of those that are not stored yet, whatever was known of them before.
  Status CopyAll(const std::string& run_id, const std::vector<LandedFile>& files);
  // The run came to nothing: its copies are removed unless somebody else needs them.
  Status Release(const std::string& run_id);
  // The same for all runs that are dead.
  Status ReleaseAbandoned(TimestampUs now_us);
  // Step 4, of a file that is stored. False: it stays, since history lacks its bytes, or other
  // bytes are under its name by now. Fine if it is not there.
  Result<bool> RemoveFromLand(const LandedFile& file);
  // Of all that are stored by now. Returns what failed: the next run does it.
  std::string RemoveFromLand(const std::vector<LandedFile>& files);

 private:
  Result<bool> Holds(const std::string& path, const std::string& sha256);
  // Records where the same bytes are already.
  Result<bool> ShareStored(const std::string& run_id, const LandedFile& file);
  Result<bool> CopyTo(const std::string& stored_path, const LandedFile& file);
  Status MakeFolder(const std::string& folder, const std::string& dataset);
  Status RemoveHalfCopies(const HistoryCopy& copy);
  Status ReleaseOne(const HistoryCopy& copy);

  Storage& storage_;
  Ledger& ledger_;
  std::string zone_;
  std::map<std::string, std::string> copied_;  // by hash and extension: this run's, not published
};

// The n-th name (from 0) of a file's copy, relative to the dataset's folder in history.
std::string HistoryName(const LandedFile& file, int number);

}  // namespace lakegate
