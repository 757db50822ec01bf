// Publishes a load: new versions of any number of partitions of a plain table, in one ledger
// transaction. Each partition switches atomically, one after the other.
//
// Order of a publication, and what a crash after each step leads to at the next Recover:
//   1 staged folders are synced                         undone
//   2 intent row with all parts (checks the lease)      finished
//   3 each part's folder renamed, exchanged or removed  finished: the rest is switched
//   4 parent folders synced                             finished
//   5 one transaction: publications, partitions, run,   it is done
//     consumed files, bookmark, metrics; intent removed
//   6 old versions removed after their grace time       it is done; removed later
// Whoever finishes it takes the lease and renames the staging folder first: a process that wakes up
// late and believes it still publishes this finds nothing under the old name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "ledger/ledger.h"
#include "publish/folder_switch.h"
#include "publish/plain_publisher.h"
#include "storage/storage.h"

namespace lakegate {

struct LoadPart {
  std::string partition_path;  // empty: the whole table
  std::string staged_name;     // of its folder, in the run's staging folder; with no files a name
                               // that is free there: the live folder is removed to it
  std::vector<PublishedFile> files;
  std::vector<PartSource> sources;  // of the files that are new
  // Set if it is no partition of the run's table.
  std::string dataset;
  std::string live_path;
};

struct LoadRequest {
  std::string run_id;     // started in the ledger, with a staging path that holds the parts
  std::string table_dir;  // e.g. "tables/events"
  std::vector<LoadPart> parts;
  std::string fingerprint;
  std::string contract_hash;
  std::string code_version;
  std::vector<int64_t> landed_file_ids;  // the files that become consumed
  std::vector<int64_t> superseded_ids;   // versions whose rows are no longer in the table
  std::vector<MetricValue> metrics;
  RunEnd run_end;
};

// Borrows all its arguments; one thread. The clock must be the machine's (leases need it).
class LoadPublisher {
 public:
  LoadPublisher(Storage& storage, Ledger& ledger, const Clock& clock, PublishOptions options);

  // On success all parts are visible, durable and recorded. After an error nothing is, unless the
  // code is kCommitUnknown: the next Recover finishes it then. Other errors as PlainPublisher's.
  Status Publish(const LoadRequest& request);
  // Of an intent whose run is known to be gone. False: somebody else is at it, or was faster.
  Result<bool> Finish(const Intent& intent);

 private:
  Result<Intent> Prepare(const LoadRequest& request, const Run& run);
  Result<IntentPart> PreparePart(const LoadRequest& request, const LoadPart& part,
                                 const std::string& staging, const std::string& dataset);
  Result<IntentKind> ChooseKind(const IntentPart& part);
  Status SyncStaged(const IntentPart& part, const std::string& folder);
  Status RecordIntent(const Intent& intent);
  // Every part that is not live yet; `staging` is where the folders are now.
  Status Switch(const Intent& intent, const std::string& staging);
  Result<bool> IsDone(const Intent& intent, const IntentPart& part, const std::string& staging);
  Status Record(const Intent& intent, const std::string& staging);
  Status TakeBack(const Intent& intent);
  Result<std::string> Claim(const Intent& intent, const Lease& lease);
  Result<bool> FinishUnder(const Intent& intent, const Lease& lease);

  Storage& storage_;
  Ledger& ledger_;
  const Clock& clock_;
  PublishOptions options_;
  FolderSwitch switch_;
};

}  // namespace lakegate
