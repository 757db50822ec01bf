// Keeps a lease while the work under it goes on, however long that takes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "core/clock.h"
#include "ledger/leases.h"

namespace lakegate {

struct LeaseKeeping {
  std::string ledger;               // its path
  int64_t lease_us = 0;             // what a renewal gives
  std::chrono::microseconds every;  // between renewals, well below lease_us
};

// Renews from a thread and a connection of its own, so that a process that is stopped or hangs as a
// whole loses the lease in time, and one that works does not. A renewal that fails is tried again
// at the next turn; a lease that was lost stays lost: who publishes checks it. Borrows the clock,
// the machine's. Destroy it before the lease is released.
class LeaseKeeper {
 public:
  LeaseKeeper(LeaseKeeping keeping, Lease lease, const Clock& clock);
  ~LeaseKeeper();
  LeaseKeeper(const LeaseKeeper&) = delete;
  LeaseKeeper& operator=(const LeaseKeeper&) = delete;

 private:
  void KeepOn(TimestampUs renewed_us);
  bool RenewOnce() const;

  const LeaseKeeping keeping_;
  const Lease lease_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool ends_ = false;   // guarded by mutex_
  std::thread thread_;  // the last: it uses the others
};

}  // namespace lakegate
