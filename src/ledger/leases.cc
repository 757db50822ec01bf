#include "ledger/leases.h"

#include "ledger/sqlite_rows.h"

namespace lakegate {

namespace {

Error Lost(const Lease& lease) {
  return {ErrorCode::kConflict,
          "the lease on '" + lease.resource + "' (epoch " + std::to_string(lease.epoch) +
              ") was lost to another lakegate",
          "run again: the other one's result counts"};
}

}  // namespace

std::string PartitionLeaseResource(const std::string& dataset, const std::string& partition_key) {
  return dataset + "/" + partition_key;
}

Result<Lease> Leases::Acquire(const LeaseRequest& request, TimestampUs now_us) {
  LAKEGATE_ASSIGN(SqliteTransaction transaction, SqliteTransaction::Begin(database_));
  LAKEGATE_ASSIGN(const std::optional<Row> row, Find(request.resource));
  if (row && IsActive(*row, now_us)) {
    const int64_t seconds = (row->expires_us - now_us + 999'999) / 1'000'000;
    return Error{
        ErrorCode::kConflict, "'" + request.resource + "' is being worked on by " + row->holder,
        "wait for that lakegate to finish; if it hangs, end it; if its machine is gone, its "
        "lease ends in " +
            std::to_string(seconds) + " s"};
  }
  const int64_t epoch = row ? row->epoch + 1 : 1;
  LAKEGATE_TRY(database_.Run(
      "INSERT INTO lease (resource, holder, epoch, expires_us) VALUES (?1, ?2, ?3, ?4)"
      " ON CONFLICT (resource) DO UPDATE SET holder = ?2, epoch = ?3, expires_us = ?4",
      request.resource, request.holder, epoch, now_us + request.ttl_us));
  LAKEGATE_TRY(transaction.Commit());
  return Lease{request.resource, epoch};
}

Status Leases::Renew(const Lease& lease, TimestampUs now_us, int64_t ttl_us) {
  LAKEGATE_ASSIGN(const int64_t changed,
                  database_.Run("UPDATE lease SET expires_us = ?3 WHERE resource = ?1"
                                " AND epoch = ?2 AND holder <> ''",
                                lease.resource, lease.epoch, now_us + ttl_us));
  if (changed == 0) return Lost(lease);
  return {};
}

Status Leases::Release(const Lease& lease) {
  LAKEGATE_TRY(database_.Run("UPDATE lease SET holder = '' WHERE resource = ?1 AND epoch = ?2",
                             lease.resource, lease.epoch));
  return {};
}

Status Leases::Check(const Lease& lease) {
  LAKEGATE_ASSIGN(const std::optional<Row> row, Find(lease.resource));
  if (row && row->epoch == lease.epoch && !row->holder.empty()) return {};
  return Lost(lease);
}

Result<bool> Leases::IsHeld(const Lease& lease, TimestampUs now_us) {
  LAKEGATE_ASSIGN(const std::optional<Row> row, Find(lease.resource));
  return row && row->epoch == lease.epoch && IsActive(*row, now_us);
}

Result<int64_t> Leases::EpochOf(const std::string& resource) {
  LAKEGATE_ASSIGN(const std::optional<Row> row, Find(resource));
  return row ? row->epoch : 0;
}

Result<std::optional<Leases::Row>> Leases::Find(const std::string& resource) {
  return FirstRow<Row>(
      database_.Query("SELECT holder, epoch, expires_us FROM lease WHERE resource = ?1", resource),
      [](const SqliteStatement& row) {
        return Row{row.Text(0), row.Int(1), row.Int(2)};
      });
}

bool Leases::IsActive(const Row& row, TimestampUs now_us) const {
  return !row.holder.empty() && now_us < row.expires_us && probe_(row.holder) != HolderState::kDead;
}

}  // namespace lakegate
