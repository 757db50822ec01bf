// Whether files wait that a table has still to take.
#include <nlohmann/json.hpp>

#include "core/temporal_pattern.h"
#include "run/due.h"
#include "run/held_files.h"
#include "run/lake_tables.h"

namespace lakegate {
namespace {

// Whether a run judged just these files; `what`: "fingerprint" of all that it read, or of those
// that it "left" behind as held.
bool WasJudged(const std::string& counters, const char* what, const JudgedInputs& inputs) {
  const auto json = nlohmann::json::parse(counters, nullptr, false);
  return json.is_object() && json.value("dependencies", "") == inputs.dependencies &&
         json.value(what, "") == inputs.fingerprint;
}

std::string HeldFiles(const PendingFiles& pending) {
  std::string why;
  for (const LandedFile& file : pending.read) {
    why +=
        (why.empty() ? "" : "; ") + file.path + " is still held: " + file.held_reason.value_or("");
  }
  return why;
}

std::string Count(size_t files, const std::string& what) {
  return std::to_string(files) + (files == 1 ? " file " : " files ") + what;
}

// The same files, contract and options were judged by the last run, and nothing came of it.
Result<bool> IsAsBefore(const std::string& dataset, const std::string& key, Ledger* ledger,
                        Due* due) {
  LAKEGATE_ASSIGN(const std::vector<Run> runs, ledger->runs().ListLoads(dataset, key));
  LAKEGATE_ASSIGN(const std::optional<Partition> known, ledger->partitions().Find(dataset, key));
  if (runs.empty() || !known) return false;
  // What a published run read waits again if the bookmark was rewound.
  const bool published = known->state == PartitionState::kPublished;
  if (!WasJudged(runs[0].counters, published ? "left" : "fingerprint", due->inputs)) return false;
  switch (known->state) {
    case PartitionState::kGated:
      due->decision = RunDecision::kGatedSame;
      due->why = known->why.value_or("");
      break;
    case PartitionState::kHeld:
      due->decision = RunDecision::kHeld;
      due->why = known->why.value_or("");
      break;
    case PartitionState::kPublished:
      due->decision = RunDecision::kUnchanged;
      due->why = HeldFiles(due->pending);
      return true;
    default:
      return false;
  }
  due->run_id = runs[0].id;
  due->report_path = runs[0].report_path.value_or("");
  return true;
}

}  // namespace

Result<Due> DecideLoad(const Lake& lake, const DatasetSetup& setup,
                       const DiscoveredPartition& partition, const RunSettings& settings,
                       Ledger* ledger) {
  const Dataset& dataset = *setup.dataset;
  Due due;
  const PendingKind kind = settings.replay  ? PendingKind::kReplay
                           : settings.force ? PendingKind::kAll
                                            : PendingKind::kNew;
  LAKEGATE_ASSIGN(due.pending, FindPending(dataset, partition, kind, ledger));
  due.due = false;
  due.decision = RunDecision::kUnchanged;
  if (settings.replay) {
    LAKEGATE_ASSIGN(const std::vector<QuarantineItem> open,
                    ledger->quarantine_items().ListOpen(dataset.name, partition.key));
    if (open.empty()) return due;
    if (!due.pending.gone.empty()) {
      due.decision = RunDecision::kGone;
      due.why = Count(due.pending.gone.size(), "that would have to be read again gone, e.g. ") +
                due.pending.gone[0] + "; the table stays as it is: land them again";
      return due;
    }
  }
  LAKEGATE_TRY(AddLost(dataset, partition, settings.storage, ledger, &due.pending));
  due.table_damaged = !due.pending.damage.empty();
  if (due.pending.read.empty()) return due;
  LAKEGATE_ASSIGN(const std::optional<TimestampUs> paused,
                  ledger->bookmarks().FindPause(dataset.name));
  if (paused) {
    due.decision = RunDecision::kPaused;
    due.why = Count(due.pending.read.size(), "waiting since the bookmark is paused: ") +
              "lakegate bookmark resume " + dataset.name;
    return due;
  }
  LAKEGATE_ASSIGN(due.inputs.dependencies, StateOfDependencies(lake, setup, ledger));
  if (settings.job.require_full_coverage) due.inputs.dependencies += " full coverage";
  due.inputs.rules = FingerprintOf(setup, {}) + due.inputs.dependencies;
  // What is read again is read at once: the table has to lose its rows in one step.
  const bool is_new = !settings.force && !settings.replay && !due.table_damaged;
  const bool is_batched = is_new && dataset.landing.batch_files;
  if (is_batched) {
    CutBatch(due.inputs.rules, *dataset.landing.batch_files, &due.pending);
    if (due.pending.read.empty()) {
      due.decision = RunDecision::kHeld;
      due.why = WhyStillHeld(due.pending);
      return due;
    }
  }
  DiscoveredPartition judged;
  judged.files = due.pending.read;
  due.inputs.fingerprint = FingerprintOf(setup, judged);
  if (is_new && !is_batched) {
    LAKEGATE_ASSIGN(const bool same, IsAsBefore(dataset.name, partition.key, ledger, &due));
    if (same) return due;
  }
  due.due = true;
  due.why = due.table_damaged ? due.pending.damage
            : settings.replay ? "replay"
            : settings.force
                ? "forced"
                : Count(due.pending.read.size() + due.pending.waiting.size(), "to take, e.g. ") +
                      due.pending.read[0].path;
  if (!due.pending.waiting.empty()) {
    due.why += ", " + Count(static_cast<size_t>(*dataset.landing.batch_files), "at a time");
  }
  return due;
}

}  // namespace lakegate
