#include "run/backfill.h"

#include <algorithm>
#include <charconv>

#include "core/temporal_pattern.h"
#include "run/partition_path.h"
#include "validate/temporal_text.h"

namespace lakegate {
namespace {

constexpr int64_t kMaxListedDays = 36'600;

std::optional<int64_t> IntegerOf(const std::string& text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<int64_t> DayOf(const std::string& text) {
  int64_t day = 0;
  if (ParseIsoDate(text, &day) != TemporalOutcome::kFine) return std::nullopt;
  return day;
}

// a <= b, as integers if both are.
bool IsUpTo(const std::string& a, const std::string& b) {
  const auto left = IntegerOf(a), right = IntegerOf(b);
  return left && right ? *left <= *right : a <= b;
}

const char* Name(BackfillOnly only) {
  switch (only) {
    case BackfillOnly::kDue:
      return "due";
    case BackfillOnly::kMissing:
      return "missing";
    case BackfillOnly::kFailed:
      return "failed";
    case BackfillOnly::kStale:
      return "stale";
    case BackfillOnly::kAll:
      return "all";
  }
  return "?";
}

Result<const DatasetSetup*> FindSetup(const Lake& lake, const std::string& name) {
  std::string known;
  for (const DatasetSetup& setup : lake.datasets) {
    if (setup.dataset->name == name) return &setup;
    known += (known.empty() ? "" : ", ") + setup.dataset->name;
  }
  return Error{ErrorCode::kInvalidConfig, "there is no dataset '" + name + "'",
               "known are: " + known};
}

// Fills in the column, and refuses what cannot be a range.
Result<BackfillRequest> Completed(const Lake& lake, BackfillRequest request) {
  LAKEGATE_ASSIGN(const DatasetSetup* const setup, FindSetup(lake, request.dataset));
  const PublishMode mode = setup->dataset->publish.mode;
  if (TakesFilesOnce(mode)) {
    return Error{ErrorCode::kInvalidConfig,
                 request.dataset + " takes every file once (mode " + lakegate::Name(mode) +
                     "): there are no partitions to run again",
                 "lakegate bookmark rewind " + request.dataset +
                     " --to TIME, then lakegate run: files are read again, nothing counts twice"};
  }
  const std::vector<std::string>& by = setup->dataset->publish.path_columns;
  if (by.empty()) {
    return Error{ErrorCode::kInvalidConfig, request.dataset + " has no partitions",
                 "lakegate run " + request.dataset + " --force makes it anew"};
  }
  if (request.column.empty()) request.column = by[0];
  if (std::find(by.begin(), by.end(), request.column) == by.end()) {
    std::string known;
    for (const std::string& column : by) known += (known.empty() ? "" : ", ") + column;
    return Error{ErrorCode::kInvalidConfig,
                 request.dataset + " is not partitioned by '" + request.column + "'",
                 "known are: " + known};
  }
  if (!IsUpTo(request.from, request.to)) {
    return Error{ErrorCode::kInvalidConfig,
                 "the range from " + request.from + " to " + request.to + " is empty",
                 "--from must not be after --to"};
  }
  return request;
}

// The same text is the same backfill. How many at once and what a failure does may change.
std::string OptionsText(const BackfillRequest& request) {
  return request.column + " from " + request.from + " to " + request.to + " only " +
         Name(request.only) + (request.descending ? " desc" : " asc");
}

// Which of the request's kinds a partition is.
BackfillOnly KindOf(const std::optional<Partition>& known, const Due& due) {
  if (!due.due && due.decision == RunDecision::kUnchanged) return BackfillOnly::kAll;
  const bool failed =
      known && (known->state == PartitionState::kGated || known->state == PartitionState::kHeld ||
                known->state == PartitionState::kFailed);
  if (failed) return BackfillOnly::kFailed;
  return known && known->published_version ? BackfillOnly::kStale : BackfillOnly::kMissing;
}

bool IsWanted(BackfillOnly kind, BackfillOnly only) {
  if (only == BackfillOnly::kAll) return true;
  return only == BackfillOnly::kDue ? kind != BackfillOnly::kAll : kind == only;
}

std::string ValueOf(const std::string& key, const std::string& column) {
  for (size_t at = 0; at < key.size();) {
    const size_t end = std::min(key.find('/', at), key.size());
    const std::string level = key.substr(at, end - at);
    if (level.starts_with(column + "=")) {
      return DecodePartitionValue(std::string_view(level).substr(column.size() + 1));
    }
    at = end + 1;
  }
  return "";
}

// Days of the range that no partition has; nothing if the values are no dates.
std::vector<std::string> DaysWithoutFiles(const BackfillRequest& request,
                                          const std::set<std::string>& values) {
  std::vector<std::string> missing;
  const auto from = DayOf(request.from), to = DayOf(request.to);
  if (!from || !to || *to - *from > kMaxListedDays) return missing;
  for (int64_t day = *from; day <= *to; ++day) {
    const std::string text = FormatTimestamp(day * 86'400'000'000).substr(0, 10);
    if (!values.contains(text)) missing.push_back(text);
  }
  return missing;
}

Result<BackfillPlan> MakePlan(const Lake& lake, const BackfillRequest& request,
                              const RunSettings& settings, Ledger* ledger) {
  RunSelection selection;
  selection.datasets = {request.dataset};
  LAKEGATE_ASSIGN(const LakePlan all, PlanLake(lake, selection, settings));
  BackfillPlan plan;
  std::set<std::string> values;
  for (const PlannedPartition& partition : all.partitions) {
    const std::string value = ValueOf(partition.key, request.column);
    if (!IsUpTo(request.from, value) || !IsUpTo(value, request.to)) continue;
    values.insert(value);
    LAKEGATE_ASSIGN(const std::optional<Partition> known,
                    ledger->partitions().Find(request.dataset, partition.key));
    const BackfillOnly kind = KindOf(known, partition.due);
    if (!IsWanted(kind, request.only)) continue;
    const std::string word = kind == BackfillOnly::kAll ? "up to date" : Name(kind);
    const std::string why = partition.due.why.empty() ? word : word + ": " + partition.due.why;
    plan.items.push_back({partition.key, why});
  }
  std::stable_sort(plan.items.begin(), plan.items.end(),
                   [&](const BackfillItem& a, const BackfillItem& b) {
                     const std::string left = ValueOf(a.partition_key, request.column);
                     const std::string right = ValueOf(b.partition_key, request.column);
                     return !IsUpTo(right, left);
                   });
  if (request.descending) std::reverse(plan.items.begin(), plan.items.end());
  plan.without_files = DaysWithoutFiles(request, values);
  return plan;
}

Result<BackfillPlan> LoadPlan(int64_t id, Ledger* ledger) {
  BackfillPlan plan;
  plan.id = id;
  LAKEGATE_ASSIGN(plan.items, ledger->backfills().Items(id));
  return plan;
}

bool IsDone(const PartitionRunResult& result) {
  return result.decision == RunDecision::kPublished || result.decision == RunDecision::kUnchanged;
}

}  // namespace

Result<BackfillPlan> PlanBackfill(const Lake& lake, const BackfillRequest& asked,
                                  const RunSettings& settings) {
  LAKEGATE_ASSIGN(const BackfillRequest request, Completed(lake, asked));
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, Ledger::Open(lake.config.ledger, {}));
  LAKEGATE_ASSIGN(const std::optional<Backfill> open,
                  ledger->backfills().FindOpen(request.dataset, OptionsText(request)));
  return open ? LoadPlan(open->id, ledger.get()) : MakePlan(lake, request, settings, ledger.get());
}

Result<BackfillOutcome> RunBackfill(
    const Lake& lake, const BackfillRequest& asked, const RunSettings& settings,
    const std::function<void(const PartitionRunResult&)>& on_result) {
  LAKEGATE_ASSIGN(const BackfillRequest request, Completed(lake, asked));
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, Ledger::Open(lake.config.ledger, {}));
  Backfills& backfills = ledger->backfills();
  BackfillOutcome outcome;
  LAKEGATE_ASSIGN(const std::optional<Backfill> open,
                  backfills.FindOpen(request.dataset, OptionsText(request)));
  outcome.resumed = open.has_value();
  if (open) {
    LAKEGATE_ASSIGN(outcome.plan, LoadPlan(open->id, ledger.get()));
  } else {
    LAKEGATE_ASSIGN(outcome.plan, MakePlan(lake, request, settings, ledger.get()));
    if (outcome.plan.items.empty()) {
      outcome.done = true;
      return outcome;
    }
    LAKEGATE_ASSIGN(outcome.plan.id, backfills.Create(request.dataset, OptionsText(request),
                                                      outcome.plan.items, settings.clock->Now()));
  }
  RunSelection selection;
  selection.datasets = {request.dataset};
  selection.keys.emplace();
  for (const BackfillItem& item : outcome.plan.items) {
    if (item.state == BackfillItemState::kDone) continue;
    selection.keys->insert(item.partition_key);
    selection.order.push_back(item.partition_key);
  }
  selection.stop_on_failure = request.stop_on_failure;
  selection.parallel = request.parallel;
  RunSettings each = settings;
  each.any_age = true;
  each.force = request.only == BackfillOnly::kAll || request.only == BackfillOnly::kFailed;
  Status noted;
  // Called by one thread at a time; nobody else uses this ledger meanwhile.
  const auto note = [&](const PartitionRunResult& result) {
    const bool done = IsDone(result);
    const std::optional<std::string> run =
        result.run_id.empty() ? std::nullopt : std::optional(result.run_id);
    Status set = backfills.SetItem(outcome.plan.id, result.key,
                                   done ? BackfillItemState::kDone : BackfillItemState::kFailed,
                                   done || result.why.empty() ? Name(result.decision) : result.why,
                                   run, settings.clock->Now());
    if (!set && noted) noted = std::move(set);
    on_result(result);
  };
  LAKEGATE_ASSIGN(outcome.run, RunLake(lake, selection, each, note));
  LAKEGATE_TRY(noted);
  LAKEGATE_ASSIGN(outcome.plan, LoadPlan(outcome.plan.id, ledger.get()));
  outcome.done = std::ranges::all_of(outcome.plan.items, [](const BackfillItem& item) {
    return item.state == BackfillItemState::kDone;
  });
  if (outcome.done) {
    LAKEGATE_TRY(backfills.SetState(outcome.plan.id, BackfillState::kDone, settings.clock->Now()));
  }
  return outcome;
}

Status CancelBackfill(const Lake& lake, const BackfillRequest& asked, const RunSettings& settings) {
  LAKEGATE_ASSIGN(const BackfillRequest request, Completed(lake, asked));
  LAKEGATE_ASSIGN(const std::unique_ptr<Ledger> ledger, Ledger::Open(lake.config.ledger, {}));
  LAKEGATE_ASSIGN(const std::optional<Backfill> open,
                  ledger->backfills().FindOpen(request.dataset, OptionsText(request)));
  if (!open) {
    return Error{ErrorCode::kNotFound,
                 "there is no open backfill of " + request.dataset + " " + OptionsText(request),
                 "name the same range and options as when it was started"};
  }
  return ledger->backfills().SetState(open->id, BackfillState::kCancelled, settings.clock->Now());
}

}  // namespace lakegate
