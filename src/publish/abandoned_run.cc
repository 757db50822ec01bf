#include "publish/abandoned_run.h"

namespace lakegate {

Result<RunHold> TakeHold(const Run& run, TimestampUs now_us, Ledger* ledger) {
  const Lease lease{run.lease_resource, run.lease_epoch};
  LAKEGATE_ASSIGN(bool held, ledger->leases().IsHeld(lease, now_us));
  if (held) return RunHold::kWorking;  // the usual answer needs no write
  LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger->Begin());
  LAKEGATE_ASSIGN(held, ledger->leases().IsHeld(lease, now_us));
  if (held) return RunHold::kWorking;
  LAKEGATE_ASSIGN(const std::optional<Intent> intent, ledger->intents().Find(run.id));
  if (intent) return RunHold::kPublishing;
  LAKEGATE_TRY(ledger->leases().Release(lease));
  LAKEGATE_TRY(transaction.Commit());
  return RunHold::kNone;
}

}  // namespace lakegate
