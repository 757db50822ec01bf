#include "run/lease_keeper.h"

#include <system_error>
#include <utility>

#include "ledger/ledger.h"

namespace lakegate {

LeaseKeeper::LeaseKeeper(LeaseKeeping keeping, Lease lease, const Clock& clock)
    : keeping_(std::move(keeping)), lease_(std::move(lease)), clock_(clock) {
  try {
    thread_ = std::thread([this] { KeepOn(); });
  } catch (
      const std::system_error&) {  // no thread to be had: the lease lasts as long as it was given
  }
}

LeaseKeeper::~LeaseKeeper() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    ends_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void LeaseKeeper::KeepOn() {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, keeping_.every, [&] { return ends_; })) {
    lock.unlock();
    const bool is_ours = RenewOnce();
    lock.lock();
    if (!is_ours) return;
  }
}

// False: it was lost.
bool LeaseKeeper::RenewOnce() const {
  LedgerOptions options;
  options.if_missing = IfMissing::kFail;
  const auto ledger = Ledger::Open(keeping_.ledger, options);
  if (!ledger) return true;
  const Status renewed = (*ledger)->leases().Renew(lease_, clock_.Now(), keeping_.lease_us);
  return renewed || renewed.error().code != ErrorCode::kConflict;
}

}  // namespace lakegate
