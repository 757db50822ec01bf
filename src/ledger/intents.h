// Table intent: a publication that is about to become visible. Written before the folder switch,
// removed in the transaction that records it; what a restart finds here it finishes or undoes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "ledger/leases.h"
#include "ledger/metric_history.h"
#include "ledger/part_sources.h"
#include "ledger/publications.h"
#include "ledger/runs.h"

namespace lakegate {

// How the staged folder becomes the live one.
enum class IntentKind : uint8_t {
  kFirst,     // renamed: there is none yet
  kExchange,  // exchanged with the live one
  kSame,      // not at all: the live one has the same files
};
const char* Name(IntentKind kind);  // "first", "exchange", "same"

// One partition of a publication of several: how its folder becomes live.
struct IntentPart {
  // kFirst, kExchange; kSame stands for "removed": the live folder becomes the staged one, since no
  // row is left in the partition.
  IntentKind kind = IntentKind::kFirst;
  std::string dataset;
  std::string partition_key;
  std::string staged_name;  // of its folder, in the run's staging folder
  std::string live_path;
  uint64_t staged_device = 0;
  uint64_t staged_inode = 0;
  std::vector<PublishedFile> files;  // in order of name
  std::vector<PartSource> sources;   // of the files that are new
};

// A publication that adds to a table: any number of partitions, none of them as a whole.
struct IntentLoad {
  std::vector<IntentPart> parts;        // in order of partition
  std::vector<int64_t> superseded_ids;  // landed files whose rows are taken out
};

// Everything that is needed to finish the publication without the run that began it.
struct Intent {
  std::string run_id;
  std::string dataset;
  std::string partition_key;
  IntentKind kind = IntentKind::kFirst;
  std::string table_dir;
  std::string staging_path;
  std::string live_path;
  uint64_t staged_device =
      0;  // of the staged folder: with the inode it tells which folder is which
  uint64_t staged_inode = 0;
  Lease lease;
  TimestampUs created_us = 0;
  std::string fingerprint;
  std::string contract_hash;
  std::string code_version;
  RunEnd run_end;
  std::vector<PublishedFile> files;  // in order of name
  std::vector<int64_t> landed_file_ids;
  std::vector<MetricValue> metrics;
  // Set: the folders that are switched are these, not staging_path and live_path.
  std::optional<IntentLoad> load;
};

// Borrows the database; one thread.
class Intents {
 public:
  explicit Intents(SqliteDatabase& database) : database_(database) {}

  // kConflict if the partition has an intent already.
  Status Record(const Intent& intent);
  Result<std::vector<Intent>> List();
  Result<std::optional<Intent>> Find(const std::string& run_id);
  // kUnavailable if a publication of the partition is neither finished nor undone.
  Status CheckNone(const std::string& dataset, const std::string& partition_key);
  // Somebody else goes on with it. False: it was not there (any more).
  Result<bool> SetLease(const std::string& run_id, const Lease& lease);
  // False: it was not there (any more).
  Result<bool> Remove(const std::string& run_id);

 private:
  Status LoadDetails(Intent& intent);
  Status RecordLoad(const std::string& run_id, const IntentLoad& load);
  Status RecordPart(const std::string& run_id, const IntentPart& part);
  Status LoadLoad(Intent& intent);
  Status LoadPart(const std::string& run_id, IntentPart& part);
  SqliteDatabase& database_;
};

}  // namespace lakegate
