#include "run/quarantine_folders.h"

#include "publish/abandoned_run.h"

namespace lakegate {

Result<std::vector<QuarantineItem>> ListAbandonedQuarantine(TimestampUs now_us, Ledger* ledger) {
  LAKEGATE_ASSIGN(const std::vector<QuarantineItem> writing,
                  ledger->quarantine_items().ListWriting());
  std::vector<QuarantineItem> abandoned;
  for (const QuarantineItem& item : writing) {
    LAKEGATE_ASSIGN(const std::optional<Run> run, ledger->runs().Find(item.run_id));
    if (!run) continue;  // the row refers to it
    LAKEGATE_ASSIGN(const RunHold hold, HoldOf(*run, now_us, ledger));
    if (hold == RunHold::kNone) abandoned.push_back(item);
  }
  return abandoned;
}

Status RemoveAbandonedQuarantine(Storage* storage, TimestampUs now_us, Ledger* ledger) {
  LAKEGATE_ASSIGN(const std::vector<QuarantineItem> abandoned,
                  ListAbandonedQuarantine(now_us, ledger));
  for (const QuarantineItem& item : abandoned) {
    LAKEGATE_ASSIGN(const std::optional<Run> run, ledger->runs().Find(item.run_id));
    if (!run) continue;
    LAKEGATE_ASSIGN(const RunHold hold, TakeHold(*run, now_us, ledger));
    if (hold != RunHold::kNone) continue;
    // It may have been published, and its lease given back, since it was listed.
    LAKEGATE_ASSIGN(const std::optional<QuarantineItem> now,
                    ledger->quarantine_items().Find(item.run_id));
    if (!now || now->state != QuarantineState::kWriting) continue;
    LAKEGATE_TRY(storage->RemoveTree(item.folder));
    LAKEGATE_TRY(ledger->quarantine_items().Forget(item.run_id));
  }
  return {};
}

}  // namespace lakegate
