#include "run/lease_keeper.h"

#include <algorithm>
#include <exception>
#include <system_error>
#include <utility>

#include "ledger/ledger.h"

namespace lakegate {
namespace {

constexpr std::chrono::microseconds kLookEvery = std::chrono::seconds(5);

}  // namespace

LeaseKeeper::LeaseKeeper(LeaseKeeping keeping, Lease lease, const Clock& clock)
    : keeping_(std::move(keeping)), lease_(std::move(lease)), clock_(clock) {
  try {
    thread_ = std::thread([this, now_us = clock_.Now()] { KeepOn(now_us); });
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

// By the clock of the leases, which goes on while the machine sleeps.
void LeaseKeeper::KeepOn(TimestampUs renewed_us) {
  std::unique_lock lock(mutex_);
  const auto look_every = std::min(keeping_.every, kLookEvery);
  while (!ended_.wait_for(lock, look_every, [&] { return ends_; })) {
    const TimestampUs now_us = clock_.Now();
    const bool is_due = now_us < renewed_us || now_us - renewed_us >= keeping_.every.count();
    if (!is_due) continue;
    lock.unlock();
    const bool is_ours = RenewOnce();
    lock.lock();
    if (!is_ours) return;
    renewed_us = now_us;
  }
}

// False: it was lost.
bool LeaseKeeper::RenewOnce() const try {
  LedgerOptions options;
  options.if_missing = IfMissing::kFail;
  const auto ledger = Ledger::Open(keeping_.ledger, options);
  if (!ledger) return true;
  const Status renewed = (*ledger)->leases().Renew(lease_, clock_.Now(), keeping_.lease_us);
  return renewed || renewed.error().code != ErrorCode::kConflict;
} catch (const std::exception&) {  // out of memory: the next turn tries again
  return true;
}

}  // namespace lakegate
