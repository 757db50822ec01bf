// Table lease: at most one run works on a partition. A lease ends by release, by its time, or at
// once when its holder is known to be dead. Epochs of a resource only grow, so that a run that lost
// its lease is recognised however late it wakes up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.h"
#include "ledger/lease_holder.h"
#include "ledger/sqlite_database.h"

namespace lakegate {

struct Lease {
  std::string resource;
  int64_t epoch = 0;
};

struct LeaseRequest {
  std::string resource;
  std::string holder;  // CurrentHolder()
  int64_t ttl_us = 0;
};

// What a partition's lease is called: "<dataset>/<partition key>".
std::string PartitionLeaseResource(const std::string& dataset, const std::string& partition_key);

// Borrows the database; one thread. Times must come from the machine's clock, not from `--now`.
class Leases {
 public:
  Leases(SqliteDatabase& database, HolderProbe probe)
      : database_(database), probe_(std::move(probe)) {}

  // kConflict, naming the holder, if somebody (also this process) holds it.
  Result<Lease> Acquire(const LeaseRequest& request, TimestampUs now_us);
  // kConflict if it was lost meanwhile. One whose time is over, but that nobody took, is renewed.
  Status Renew(const Lease& lease, TimestampUs now_us, int64_t ttl_us);
  // Nothing happens if it was lost meanwhile.
  Status Release(const Lease& lease);
  // kConflict unless the lease is still ours. An expired lease that nobody took is still ours.
  // Call it inside the transaction that depends on it.
  Status Check(const Lease& lease);
  // Whether whoever was given this lease may still be working: it was not released or taken over,
  // its time is not over, and its holder is not known to be dead.
  Result<bool> IsHeld(const Lease& lease, TimestampUs now_us);
  // Of who has it, or had it last; 0: nobody yet.
  Result<int64_t> EpochOf(const std::string& resource);

 private:
  struct Row {
    std::string holder;  // empty: released
    int64_t epoch = 0;
    TimestampUs expires_us = 0;
  };
  Result<std::optional<Row>> Find(const std::string& resource);
  bool IsActive(const Row& row, TimestampUs now_us) const;

  SqliteDatabase& database_;
  HolderProbe probe_;
};

}  // namespace lakegate
