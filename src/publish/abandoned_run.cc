#include "publish/abandoned_run.h"

namespace lakegate {

Result<RunHold> HoldOf(const Run& run, TimestampUs now_us, Ledger* ledger) {
  LAKEGATE_ASSIGN(const bool held,
                  ledger->leases().IsHeld({run.lease_resource, run.lease_epoch}, now_us));
  if (held) return RunHold::kWorking;
  LAKEGATE_ASSIGN(const std::optional<Intent> intent, ledger->intents().Find(run.id));
  return intent ? RunHold::kPublishing : RunHold::kNone;
}

Result<RunHold> TakeHold(const Run& run, TimestampUs now_us, Ledger* ledger) {
  LAKEGATE_ASSIGN(const RunHold first, HoldOf(run, now_us, ledger));
  if (first != RunHold::kNone) return first;  // the usual answer needs no write
  LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger->Begin());
  LAKEGATE_ASSIGN(const RunHold hold, HoldOf(run, now_us, ledger));
  if (hold != RunHold::kNone) return hold;
  LAKEGATE_TRY(ledger->leases().Release({run.lease_resource, run.lease_epoch}));
  LAKEGATE_TRY(transaction.Commit());
  return RunHold::kNone;
}

}  // namespace lakegate
