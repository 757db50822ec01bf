#include "run/lake_run.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>

#include "core/clock.h"
#include "publish/history_store.h"
#include "publish/plain_publisher.h"
#include "run/discovery.h"
#include "run/expected_partition.h"
#include "run/failure_alert.h"
#include "run/lake_compaction.h"
#include "run/lake_tables.h"
#include "run/partition_path.h"
#include "run/quarantine_folders.h"

namespace lakegate {
namespace {

struct DuePartition {
  const DatasetSetup* setup = nullptr;
  DiscoveredPartition partition;
};

// Tables that others look into come first: how many datasets must be done before this one. In a
// circle of datasets each counts the others once.
int RankOf(const Lake& lake, const DatasetSetup& setup, std::set<const DatasetSetup*> above = {}) {
  int rank = 0;
  above.insert(&setup);
  for (const DatasetSetup* needed : DependenciesOf(lake, setup)) {
    if (!above.contains(needed)) rank = std::max(rank, RankOf(lake, *needed, above) + 1);
  }
  return rank;
}

bool IsSelected(const RunSelection& selection, const Dataset& dataset) {
  const auto& wanted = selection.datasets;
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), dataset.name) != wanted.end();
}

bool IsSelected(const RunSelection& selection, const DiscoveredPartition& partition) {
  if (selection.keys && !selection.keys->contains(partition.key)) return false;
  return std::all_of(selection.partition.begin(), selection.partition.end(), [&](const auto& want) {
    const auto value = partition.values.find(want.first);
    return value != partition.values.end() && value->second == want.second;
  });
}

// Takes partitions from the list until none is left; results come out in order.
class PartitionPool {
 public:
  PartitionPool(const Lake& lake, const std::vector<DuePartition>& due,
                const RunSelection& selection, RunSettings settings,
                const std::function<void(const PartitionRunResult&)>& on_result)
      : lake_(lake),
        due_(due),
        selection_(selection),
        settings_(std::move(settings)),
        on_result_(on_result) {}

  std::vector<PartitionRunResult> Run(Ledger* ledger) {
    int most = selection_.parallel > 0 ? selection_.parallel : settings_.threads;
    if (ComparesPartitions()) most = 1;
    const size_t workers = std::clamp<size_t>(due_.size(), 1, static_cast<size_t>(most));
    settings_.threads = std::max(settings_.threads / static_cast<int>(workers), 1);
    std::vector<std::thread> others;
    try {
      for (size_t i = 1; i < workers; ++i) others.emplace_back([this] { WorkWithOwnLedger(); });
    } catch (const std::system_error&) {  // no more threads to be had: go on with these
    }
    Work(ledger);
    for (std::thread& thread : others) thread.join();
    std::vector<PartitionRunResult> results;
    for (auto& [index, progress] : results_) {
      for (PartitionRunResult& result : progress.batches) results.push_back(std::move(result));
    }
    return results;
  }

 private:
  // Whether a partition is judged by those before it: then they are run in order.
  bool ComparesPartitions() const {
    return std::ranges::any_of(due_, [](const DuePartition& due) {
      return std::ranges::any_of(due.setup->plan->queries, [](const QueryRule& rule) {
        return rule.kind == QueryKind::kVolume;
      });
    });
  }

  void WorkWithOwnLedger() {
    auto ledger = Ledger::Open(lake_.config.ledger, {});
    if (ledger) Work(ledger->get());  // else the others do the work
  }

  void Compact(const Dataset& dataset, Ledger* ledger, PartitionRunResult* result) const {
    if (result->decision != RunDecision::kPublished) return;
    const std::string note =
        CompactAfterLoad(lake_.config, dataset, result->run_id, settings_, ledger);
    if (!note.empty()) result->note += (result->note.empty() ? "" : "; ") + note;
  }

  void Work(Ledger* ledger) {
    for (;;) {
      size_t index;
      {
        std::lock_guard lock(mutex_);
        const bool cancelled = settings_.job.cancelled && *settings_.job.cancelled;
        if (next_ == due_.size() || cancelled || stopped_) return;
        index = next_++;
      }
      while (RunBatch(index, ledger)) {
      }
    }
  }

  // One run of a partition; whether files wait for another one.
  bool RunBatch(size_t index, Ledger* ledger) {
    const DuePartition& due = due_[index];
    PartitionRunResult result;
    const double start = MonotonicSeconds();
    try {
      result = RunPartition(lake_, *due.setup, due.partition, settings_, ledger);
      Compact(*due.setup->dataset, ledger, &result);
    } catch (const std::exception& exception) {
      result.dataset = due.setup->dataset->name;
      result.key = due.partition.key;
      result.error =
          Error{ErrorCode::kUnavailable, std::string("out of resources: ") + exception.what(), ""};
      result.why = result.error->message;
    }
    result.seconds = MonotonicSeconds() - start;
    std::lock_guard lock(mutex_);
    const bool fine =
        result.decision == RunDecision::kPublished || result.decision == RunDecision::kUnchanged;
    stopped_ = stopped_ || (!fine && selection_.stop_on_failure);
    const bool cancelled = settings_.job.cancelled && *settings_.job.cancelled;
    const bool goes_on = result.waiting > 0 && !result.error && !stopped_ && !cancelled;
    results_[index].batches.push_back(std::move(result));
    results_[index].is_done = !goes_on;
    Report();
    return goes_on;
  }

  // Under the lock.
  void Report() {
    for (auto at = results_.find(reported_); at != results_.end(); at = results_.find(reported_)) {
      Progress& progress = at->second;
      while (progress.reported < progress.batches.size()) {
        on_result_(progress.batches[progress.reported++]);
      }
      if (!progress.is_done) return;
      ++reported_;
    }
  }

  struct Progress {
    std::vector<PartitionRunResult> batches;
    size_t reported = 0;
    bool is_done = false;
  };

  const Lake& lake_;
  const std::vector<DuePartition>& due_;
  const RunSelection& selection_;
  RunSettings settings_;
  const std::function<void(const PartitionRunResult&)>& on_result_;
  std::mutex mutex_;  // guards all below
  size_t next_ = 0;
  size_t reported_ = 0;
  bool stopped_ = false;
  std::map<size_t, Progress> results_;
};

// By how many datasets come first.
using FoundPartitions = std::map<int, std::vector<DuePartition>>;
// By dataset, of every one that was looked into.
using LandingProblems = std::map<std::string, std::vector<Error>>;

void Append(const LandingProblems& from, std::vector<Error>* to) {
  for (const auto& [dataset, problems] : from)
    to->insert(to->end(), problems.begin(), problems.end());
}

// The selected partitions that files landed for, tables that others look into first.
Result<FoundPartitions> FindPartitions(const Lake& lake, const RunSelection& selection,
                                       const RunSettings& settings, Ledger* ledger,
                                       LandingProblems* problems) {
  FoundPartitions found;
  for (const DatasetSetup& setup : lake.datasets) {
    if (!IsSelected(selection, *setup.dataset)) continue;
    std::vector<Error>& of_dataset = (*problems)[setup.dataset->name];
    Result<Discovery> discovery = Discover(settings.storage, ledger, lake.config.zones,
                                           *setup.dataset, *settings.clock, settings.job.threads);
    if (!discovery) {
      of_dataset.push_back(discovery.error().While("looking for files of " + setup.dataset->name));
      continue;
    }
    for (Error& problem : discovery->problems) of_dataset.push_back(std::move(problem));
    for (DiscoveredPartition& partition : discovery->partitions) {
      if (!IsSelected(selection, partition)) continue;
      found[RankOf(lake, setup)].push_back({&setup, std::move(partition)});
    }
  }
  const auto place = [&](const DuePartition& due) {
    return std::find(selection.order.begin(), selection.order.end(), due.partition.key) -
           selection.order.begin();
  };
  for (auto& [rank, partitions] : found) {
    if (selection.order.empty()) continue;
    std::stable_sort(
        partitions.begin(), partitions.end(),
        [&](const DuePartition& a, const DuePartition& b) { return place(a) < place(b); });
  }
  return found;
}

// Partitions of the selected datasets that should be there and are not: neither in the ledger nor
// `found` in land, although perhaps not run yet.
Result<std::vector<std::pair<const Dataset*, MissingPartition>>> FindAllMissing(
    const Lake& lake, const RunSelection& selection, TimestampUs now_us,
    const FoundPartitions& found, Ledger* ledger) {
  std::map<const DatasetSetup*, std::vector<Partition>> landed;
  for (const auto& [rank, partitions] : found) {
    for (const DuePartition& due : partitions) {
      Partition& partition = landed[due.setup].emplace_back();
      partition.key = due.partition.key;
      partition.state = PartitionState::kReady;
    }
  }
  std::vector<std::pair<const Dataset*, MissingPartition>> all;
  for (const DatasetSetup& setup : lake.datasets) {
    if (!IsSelected(selection, *setup.dataset)) continue;
    LAKEGATE_ASSIGN(std::vector<Partition> known, ledger->partitions().List(setup.dataset->name));
    known.insert(known.end(), landed[&setup].begin(), landed[&setup].end());
    for (MissingPartition& missing : FindMissing(*setup.dataset, known, now_us)) {
      DiscoveredPartition nothing;
      nothing.key = missing.key;
      nothing.values = ValuesOfPartitionPath(PartitionPathOfKey(missing.key));
      if (IsSelected(selection, nothing)) all.emplace_back(setup.dataset, std::move(missing));
    }
  }
  return all;
}

// Ends the alerts about dates that were missing and have come: loads are judged as a whole, and say
// nothing of single partitions.
Status ResolveMissing(const RunSettings& settings, Ledger* ledger) {
  LAKEGATE_ASSIGN(const std::vector<Alert> open, ledger->outbox().ListOpen());
  for (const Alert& alert : open) {
    if (alert.kind != kMissingAlert) continue;
    LAKEGATE_ASSIGN(const auto partition,
                    ledger->partitions().Find(alert.dataset, alert.partition_key));
    if (!partition || partition->state != PartitionState::kPublished) continue;
    LAKEGATE_TRY(
        ledger->outbox().Resolve(alert.dataset, alert.partition_key, settings.clock->Now()));
  }
  return {};
}

// They are in the ledger from now on, and behind the results.
Status RecordMissing(const Lake& lake, const RunSelection& selection, const RunSettings& settings,
                     const FoundPartitions& landed, Ledger* ledger,
                     std::vector<PartitionRunResult>* results) {
  if (settings.replay) return {};
  for (const DatasetSetup& setup : lake.datasets) {
    const std::string& dataset = setup.dataset->name;
    LAKEGATE_ASSIGN(const std::vector<std::string> found,
                    ledger->partitions().ForgetFound(dataset));
    for (const std::string& key : found) {
      LAKEGATE_TRY(ledger->outbox().Resolve(dataset, key, settings.clock->Now()));
    }
  }
  LAKEGATE_ASSIGN(const auto all, FindAllMissing(lake, selection, settings.now_us, landed, ledger));
  for (const auto& [dataset, missing] : all) {
    LAKEGATE_TRY(ledger->partitions().SetState(dataset->name, missing.key, PartitionState::kMissing,
                                               missing.why, settings.clock->Now()));
    PartitionRunResult missed;
    missed.dataset = dataset->name;
    missed.key = missing.key;
    missed.decision = RunDecision::kMissing;
    missed.why = missing.why;
    results->push_back(std::move(missed));
  }
  return {};
}

}  // namespace

Result<LakePlan> PlanLake(const Lake& lake, const RunSelection& selection,
                          const RunSettings& settings) {
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, Ledger::Open(lake.config.ledger, {}));
  LakePlan plan;
  LandingProblems problems;
  LAKEGATE_ASSIGN(const auto found,
                  FindPartitions(lake, selection, settings, ledger.get(), &problems));
  Append(problems, &plan.problems);
  for (const auto& [rank, partitions] : found) {
    for (const DuePartition& due : partitions) {
      LAKEGATE_ASSIGN(Due decision,
                      DecideDue(lake, *due.setup, due.partition, settings, ledger.get()));
      plan.partitions.push_back({due.setup->dataset->name, due.partition.key, std::move(decision)});
    }
  }
  LAKEGATE_ASSIGN(const auto missing,
                  FindAllMissing(lake, selection, settings.now_us, found, ledger.get()));
  for (const auto& [dataset, partition] : missing) {
    Due due;
    due.due = false;
    due.decision = RunDecision::kMissing;
    due.why = partition.why;
    plan.partitions.push_back({dataset->name, partition.key, std::move(due)});
  }
  return plan;
}

Result<LakeRunResult> RunLake(const Lake& lake, const RunSelection& selection,
                              const RunSettings& settings,
                              const std::function<void(const PartitionRunResult&)>& on_result) {
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, Ledger::Open(lake.config.ledger, {}));
  LakeRunResult result;
  PlainPublisher publisher(*settings.storage, *ledger, *settings.clock, {".", settings.grace_us});
  LAKEGATE_ASSIGN(RecoveryReport recovered, publisher.Recover());
  result.problems = recovered.problems;
  LandingProblems problems;
  LAKEGATE_TRY(RemoveAbandonedQuarantine(settings.storage, settings.clock->Now(), ledger.get()));
  HistoryStore history(*settings.storage, *ledger, lake.config.zones.history);
  LAKEGATE_TRY(history.ReleaseAbandoned(settings.clock->Now()));
  LAKEGATE_ASSIGN(const auto due,
                  FindPartitions(lake, selection, settings, ledger.get(), &problems));
  Append(problems, &result.problems);
  for (const auto& [rank, partitions] : due) {
    for (auto& done :
         PartitionPool(lake, partitions, selection, settings, on_result).Run(ledger.get())) {
      result.partitions.push_back(std::move(done));
    }
  }
  const size_t judged = result.partitions.size();
  // One transaction: nobody publishes between looking for what is missing and saying so.
  LAKEGATE_ASSIGN(SqliteTransaction transaction, ledger->Begin());
  LAKEGATE_TRY(ResolveMissing(settings, ledger.get()));
  LAKEGATE_TRY(RecordMissing(lake, selection, settings, due, ledger.get(), &result.partitions));
  const TimestampUs now_us = settings.clock->Now();
  for (const PartitionRunResult& done : result.partitions) {
    LAKEGATE_TRY(NoteInOutbox(lake.config, done, now_us, ledger.get()));
  }
  for (const auto& [dataset, found] : problems) {
    LAKEGATE_TRY(NoteInOutbox(lake.config, dataset, kLandingKey, found, now_us, ledger.get()));
  }
  LAKEGATE_TRY(
      NoteInOutbox(lake.config, "", kRecoveryKey, recovered.problems, now_us, ledger.get()));
  LAKEGATE_TRY(transaction.Commit());
  for (size_t i = judged; i < result.partitions.size(); ++i) on_result(result.partitions[i]);
  return result;
}

}  // namespace lakegate
