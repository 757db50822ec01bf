#include "run/partition_lease.h"

#include <chrono>
#include <thread>

#include "publish/plain_publisher.h"
#include "run/partition_path.h"

namespace lakegate {
namespace {

constexpr int kRenewalsALease = 6;
constexpr int kPollMs = 50;
constexpr int kMostWaitMs = 600'000;

// One look at the lease: taken, or who has it is a compaction and will soon be done, or kConflict.
// In one transaction, so that nobody comes or goes between the two questions.
Result<std::optional<Lease>> TryForLoad(const std::string& dataset, const std::string& load_key,
                                        const RunSettings& settings, Ledger* ledger) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger->Begin());
  const Result<Lease> lease = AcquirePartition(dataset, load_key, settings, ledger);
  if (lease) {
    LAKEGATE_TRY(transaction.Commit());
    return std::optional(*lease);
  }
  if (lease.error().code != ErrorCode::kConflict) return lease.error();
  const std::string resource = PartitionLeaseResource(dataset, load_key);
  LAKEGATE_ASSIGN(const int64_t epoch, ledger->leases().EpochOf(resource));
  LAKEGATE_ASSIGN(const bool worth_waiting, ledger->runs().IsCompaction(dataset, resource, epoch));
  if (!worth_waiting) return lease.error();
  return std::optional<Lease>();
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
                               const RunSettings& settings, Ledger* ledger) {
  const LeaseRequest request{PartitionLeaseResource(dataset, load_key), CurrentHolder(),
                             settings.lease_us};
  return ledger->leases().Acquire(request, settings.clock->Now());
}

Result<Lease> AcquireForLoad(const std::string& dataset, const std::string& load_key,
                             const RunSettings& settings, Ledger* ledger) {
  const std::atomic<bool>* const cancelled = settings.job.cancelled;
  for (int waited_ms = 0;; waited_ms += kPollMs) {
    LAKEGATE_ASSIGN(const std::optional<Lease> lease,
                    TryForLoad(dataset, load_key, settings, ledger));
    if (lease) return *lease;
    if (waited_ms >= kMostWaitMs || (cancelled != nullptr && *cancelled)) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(kPollMs));
  }
  return AcquirePartition(dataset, load_key, settings, ledger);
}

LeaseKeeping KeepingFor(const RunSettings& settings, const LakeConfig& config) {
  return {config.ledger, settings.lease_us,
          std::chrono::microseconds(settings.lease_us / kRenewalsALease)};
}

}  // namespace lakegate
