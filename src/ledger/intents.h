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
};

// Borrows the database; one thread.
class Intents {
 public:
  explicit Intents(SqliteDatabase& database) : database_(database) {}

  // kConflict if the partition has an intent already.
  Status Record(const Intent& intent);
  Result<std::vector<Intent>> List();
  Result<std::optional<Intent>> Find(const std::string& run_id);
  // False: it was not there (any more).
  Result<bool> Remove(const std::string& run_id);

 private:
  Status LoadDetails(Intent& intent);
  SqliteDatabase& database_;
};

}  // namespace lakegate
