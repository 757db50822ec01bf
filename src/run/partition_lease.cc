#include "run/partition_lease.h"

#include <chrono>
#include <thread>

#include "publish/plain_publisher.h"
#include "run/partition_path.h"

namespace lakegate {
namespace {

constexpr int64_t kLeaseUs = int64_t{3600} * 1'000'000;
constexpr int kPollMs = 50;
constexpr int kMostWaitMs = 600'000;

Result<bool> IsCompacted(const std::string& resource, const Clock& clock, Ledger* ledger) {
  LAKEGATE_ASSIGN(const std::vector<Run> open, ledger->runs().ListOpen());
  for (const Run& run : open) {
    if (run.lease_resource != resource || run.purpose != RunPurpose::kCompaction) continue;
    LAKEGATE_ASSIGN(const bool held,
                    ledger->leases().IsHeld({resource, run.lease_epoch}, clock.Now()));
    if (held) return true;
  }
  return false;
}

}  // namespace

std::string LoadKeyOf(const Dataset& dataset, const std::string& partition_key) {
  const auto values = ValuesOfPartitionPath(PartitionPathOfKey(partition_key));
  std::string path;
  for (const std::string& column : dataset.publish.path_columns) {
    const auto value = values.find(column);
    if (value == values.end()) continue;
    path += (path.empty() ? "" : "/") + column + "=" + EncodePartitionValue(value->second);
  }
  return PartitionKeyOfPath(path);
}

Result<Lease> AcquirePartition(const std::string& dataset, const std::string& load_key,
                               const Clock& clock, Ledger* ledger) {
  return ledger->leases().Acquire(
      {PartitionLeaseResource(dataset, load_key), CurrentHolder(), kLeaseUs}, clock.Now());
}

Result<Lease> AcquireForLoad(const std::string& dataset, const std::string& load_key,
                             const Clock& clock, const std::atomic<bool>* cancelled,
                             Ledger* ledger) {
  const std::string resource = PartitionLeaseResource(dataset, load_key);
  for (int waited_ms = 0;; waited_ms += kPollMs) {
    Result<Lease> lease = AcquirePartition(dataset, load_key, clock, ledger);
    if (lease || lease.error().code != ErrorCode::kConflict) return lease;
    LAKEGATE_ASSIGN(const bool worth_waiting, IsCompacted(resource, clock, ledger));
    const bool is_over = waited_ms >= kMostWaitMs || (cancelled != nullptr && *cancelled);
    // It may have ended between the two looks.
    if (is_over) return lease;
    if (!worth_waiting) return AcquirePartition(dataset, load_key, clock, ledger);
    std::this_thread::sleep_for(std::chrono::milliseconds(kPollMs));
  }
}

}  // namespace lakegate
