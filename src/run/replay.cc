#include "run/replay.h"

#include <algorithm>

#include "run/partition_path.h"

namespace lakegate {
namespace {

bool IsWanted(const QuarantineItem& item, const ReplayRequest& request) {
  const auto values = ValuesOfPartitionPath(PartitionPathOfKey(item.partition_key));
  return std::all_of(request.partition.begin(), request.partition.end(), [&](const auto& want) {
    const auto value = values.find(want.first);
    return value != values.end() && value->second == want.second;
  });
}

Result<std::vector<QuarantineItem>> ItemsOfDataset(const ReplayRequest& request, Ledger* ledger) {
  LAKEGATE_ASSIGN(const std::vector<QuarantineItem> all,
                  ledger->quarantine_items().ListForDataset(request.what));
  std::vector<QuarantineItem> items;
  std::copy_if(all.begin(), all.end(), std::back_inserter(items), [&](const QuarantineItem& item) {
    return item.state == QuarantineState::kOpen && IsWanted(item, request);
  });
  return items;
}

Result<std::vector<QuarantineItem>> ItemOfRun(const Lake& lake, const ReplayRequest& request,
                                              Ledger* ledger) {
  LAKEGATE_ASSIGN(const std::optional<QuarantineItem> item,
                  ledger->quarantine_items().Find(request.what));
  if (!item) {
    return Error{ErrorCode::kInvalidConfig,
                 "no dataset and no run with set-aside records is called '" + request.what + "'",
                 "lakegate quarantine ls shows what there is"};
  }
  if (item->state != QuarantineState::kOpen) {
    return Error{ErrorCode::kInvalidConfig,
                 "the records that run " + item->run_id + " set aside " + WhatBecameOf(*item),
                 "only open ones can be replayed: lakegate quarantine ls --state open"};
  }
  if (!lake.config.FindDataset(item->dataset)) {
    return Error{ErrorCode::kInvalidConfig,
                 "lakegate.yaml has no dataset '" + item->dataset + "' any more",
                 "add it again, or discard the records"};
  }
  return std::vector<QuarantineItem>{*item};
}

Error NothingLanded(const QuarantineItem& item) {
  return {ErrorCode::kNotFound,
          "nothing is left of the landed files of " + item.dataset + " " + item.partition_key +
              "; their records cannot be judged again",
          "land them again, or take the records from " + item.folder + "/rejects.bytes"};
}

}  // namespace

Result<ReplayOutcome> ReplayQuarantine(
    const Lake& lake, const ReplayRequest& request, const RunSettings& settings,
    const std::function<void(const PartitionRunResult&)>& on_result) {
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, Ledger::Open(lake.config.ledger, {}));
  ReplayOutcome outcome;
  LAKEGATE_ASSIGN(outcome.items, lake.config.FindDataset(request.what)
                                     ? ItemsOfDataset(request, ledger.get())
                                     : ItemOfRun(lake, request, ledger.get()));
  if (outcome.items.empty()) return outcome;
  RunSelection selection;
  selection.datasets = {outcome.items[0].dataset};
  selection.keys.emplace();
  for (const QuarantineItem& item : outcome.items) selection.keys->insert(item.partition_key);
  RunSettings replaying = settings;
  replaying.force = replaying.replay = true;
  LAKEGATE_ASSIGN(outcome.run, RunLake(lake, selection, replaying, on_result));
  for (const QuarantineItem& item : outcome.items) {
    LAKEGATE_ASSIGN(const std::optional<QuarantineItem> now,
                    ledger->quarantine_items().Find(item.run_id));
    if (!now || now->state != QuarantineState::kOpen) continue;
    outcome.still_open.push_back(*now);
    const bool was_run = std::any_of(
        outcome.run.partitions.begin(), outcome.run.partitions.end(),
        [&](const PartitionRunResult& result) { return result.key == item.partition_key; });
    const bool cancelled = settings.job.cancelled && *settings.job.cancelled;
    if (!was_run && !cancelled) outcome.run.problems.push_back(NothingLanded(item));
  }
  return outcome;
}

}  // namespace lakegate
