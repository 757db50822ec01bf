// PlainPublisher: what is done at the start of a run about the ones before it.
#include <algorithm>

#include "publish/abandoned_run.h"
#include "publish/load_publisher.h"
#include "publish/plain_publisher.h"

namespace lakegate {

Result<RecoveryReport> PlainPublisher::Recover() {
  RecoveryReport report;
  LAKEGATE_ASSIGN(const std::vector<Intent> intents, ledger_.intents().List());
  SettleAbandoned(report, intents);
  LAKEGATE_ASSIGN(const std::vector<Run> runs, ledger_.runs().ListOpen());
  for (const Run& run : runs) {
    if (Status closed = CloseAbandonedRun(run, report); !closed) {
      report.problems.push_back(closed.error().While("closing run " + run.id));
    }
  }
  RemoveRetired(report);
  return report;
}

Status PlainPublisher::DiscardStaging(const std::string& run_id, const std::string& staging_path) {
  LAKEGATE_ASSIGN(const auto intent, ledger_.intents().Find(run_id));
  if (intent) return {};
  LAKEGATE_ASSIGN(const auto retired, ledger_.retired_folders().List());
  const bool is_old_version =
      std::any_of(retired.begin(), retired.end(),
                  [&](const RetiredFolder& folder) { return folder.path == staging_path; });
  if (is_old_version) return {};
  LAKEGATE_TRY(storage_.RemoveTree(switch_.At(staging_path)));
  return ledger_.runs().ForgetStaging(run_id);
}

void PlainPublisher::SettleAbandoned(RecoveryReport& report, const std::vector<Intent>& intents) {
  for (const Intent& intent : intents) {
    auto held = ledger_.leases().IsHeld(intent.lease, clock_.Now());
    if (held && *held) continue;  // counted with its run
    if (held && intent.load) {
      LoadPublisher loads(storage_, ledger_, clock_, options_);
      const Result<bool> finished = loads.Finish(intent);
      if (!finished) {
        report.problems.push_back(
            finished.error().While("finishing the publication of '" + intent.live_path + "'"));
      } else if (*finished) {
        ++report.finished;
      }
      continue;
    }
    auto settlement = held ? Settle(intent) : Result<Settlement>(held.error());
    if (!settlement) {
      report.problems.push_back(
          settlement.error().While("finishing the publication of '" + intent.live_path + "'"));
    } else if (settlement->how == Settled::kFinished) {
      ++report.finished;
    } else {
      ++report.undone;
    }
  }
}

Status PlainPublisher::CloseAbandonedRun(const Run& run, RecoveryReport& report) {
  LAKEGATE_ASSIGN(const RunHold hold, TakeHold(run, clock_.Now(), &ledger_));
  if (hold == RunHold::kWorking) ++report.in_progress;
  if (hold != RunHold::kNone) return {};  // one that could not be settled is a problem already
  // Now it cannot publish any more. It may have done so since it was listed: then its staging
  // folder is the old version, which readers still use.
  LAKEGATE_ASSIGN(const std::optional<Run> now, ledger_.runs().Find(run.id));
  if (now && now->staging_path) {
    LAKEGATE_TRY(storage_.RemoveTree(switch_.At(*now->staging_path)));
    LAKEGATE_TRY(ledger_.runs().ForgetStaging(run.id));
    ++report.removed;
  }
  if (!now || now->ended_us) return {};
  LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger_.Begin());
  RunEnd end;
  end.verdict = Verdict::kError;
  end.error_class = "interrupted";
  if (Status finished = ledger_.runs().Finish(run.id, end, clock_.Now()); !finished) {
    if (finished.error().code == ErrorCode::kConflict) return {};  // somebody else was faster
    return finished;
  }
  LAKEGATE_ASSIGN(const auto partition, ledger_.partitions().Find(run.dataset, run.partition_key));
  if (partition && partition->state == PartitionState::kRunning &&
      partition->last_run_id == run.id) {
    LAKEGATE_TRY(
        ledger_.partitions().SetRunState(run.dataset, run.partition_key, PartitionState::kFailed,
                                         "the last run was interrupted", run.id, clock_.Now()));
  }
  LAKEGATE_TRY(transaction.Commit());
  ++report.interrupted;
  return {};
}

void PlainPublisher::RemoveRetired(RecoveryReport& report) {
  auto due = ledger_.retired_folders().ListDue(clock_.Now());
  if (!due) {
    report.problems.push_back(due.error());
    return;
  }
  for (const RetiredFolder& folder : *due) {
    Status removed = storage_.RemoveTree(switch_.At(folder.path));
    if (removed) removed = ledger_.retired_folders().Forget(folder.path);
    if (!removed) {
      report.problems.push_back(removed.error().While("removing an old version"));
      continue;
    }
    ++report.removed;
  }
}

}  // namespace lakegate
