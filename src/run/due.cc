#include "run/due.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/temporal_pattern.h"
#include "run/expected_partition.h"
#include "run/lake_tables.h"

namespace lakegate {
namespace {

// Whether a run judged these inputs; `counters` is what the ledger keeps of it.
bool IsSame(const std::string& counters, const JudgedInputs& inputs) {
  const auto json = nlohmann::json::parse(counters, nullptr, false);
  return json.is_object() && json.value("fingerprint", "") == inputs.fingerprint &&
         json.value("dependencies", "") == inputs.dependencies;
}

// Whether the files that the ledger says are live are there with their sizes.
Result<bool> IsTableIntact(const Dataset& dataset, const std::string& key, Storage* storage,
                           Ledger* ledger) {
  LAKEGATE_ASSIGN(const std::optional<Publication> current,
                  ledger->publications().FindCurrent(dataset.name, key));
  if (!current) return false;
  for (const PublishedFile& file : current->files) {
    const Result<FileInfo> info = storage->Stat(current->live_path + "/" + file.name);
    if (!info && info.error().code != ErrorCode::kNotFound) return info.error();
    if (!info || info->size != file.size) return false;
  }
  return true;
}

std::string StillHeld(const DiscoveredPartition& partition) {
  std::string why;
  for (const LandedFile& file : partition.files) {
    if (file.state != LandedFileState::kHeld) continue;
    why +=
        (why.empty() ? "" : "; ") + file.path + " is still held: " + file.held_reason.value_or("");
  }
  return why;
}

// Published files that are not in history, though they should be: the option is new.
bool HasUnmoved(const Dataset& dataset, const DiscoveredPartition& partition) {
  return dataset.landing.keep == Keep::kMove &&
         std::any_of(partition.files.begin(), partition.files.end(), [](const LandedFile& file) {
           return file.state == LandedFileState::kConsumed && file.stored_path == file.path;
         });
}

Due NotDue(RunDecision decision, std::string why) {
  Due due;
  due.due = false;
  due.decision = decision;
  due.why = std::move(why);
  return due;
}

// Nothing is taken away from the table without --force, and never all; never by a replay.
Due GoneFiles(const DiscoveredPartition& partition, const RunSettings& settings) {
  std::string why =
      std::to_string(partition.gone.size()) + " landed files are gone, e.g. " + partition.gone[0];
  why += partition.files.empty() || settings.replay ? "; the table stays as it is: land them again"
                                                    : "; run with --force to publish without them";
  return NotDue(RunDecision::kGone, std::move(why));
}

// What is new about a partition that was published or judged before.
std::string WhatChanged(const Partition& known, const DatasetSetup& setup,
                        const DiscoveredPartition& partition) {
  std::vector<std::string> fresh;
  for (const LandedFile& file : partition.files) {
    if (file.state == LandedFileState::kSeen) fresh.push_back(file.path);
  }
  if (!fresh.empty() && known.published_version) {
    return "late file " + fresh[0] +
           (fresh.size() > 1 ? " and " + std::to_string(fresh.size() - 1) + " more" : "");
  }
  if (known.state == PartitionState::kFailed) return "the run before failed";
  if (known.state == PartitionState::kRunning) return "the run before was interrupted";
  if (!known.published_version) return "never published";
  if (known.contract_hash != setup.plan->contract_hash) return "the contract changed";
  return "the options changed";
}

// Fewer files than expect.min_files: with a deadline nothing is judged, and the clock says whether
// that is a failure. Without one the gate judges what is there.
Result<std::optional<Due>> TooFewFiles(const Dataset& dataset, const DiscoveredPartition& partition,
                                       TimestampUs now_us, Ledger* ledger) {
  const int64_t wanted = dataset.landing.expect.min_files;
  const auto found = static_cast<int64_t>(partition.files.size());
  if (found >= wanted || !dataset.landing.expect.by_utc_s) return std::optional<Due>();
  const std::string count = std::to_string(found) + " of " + std::to_string(wanted) + " files";
  LAKEGATE_ASSIGN(const std::vector<Partition> known, ledger->partitions().List(dataset.name));
  const auto column = DateColumnOf(dataset, known);
  const auto deadline = column ? DeadlineOf(dataset, *column, partition.values) : std::nullopt;
  if (!deadline) return std::optional<Due>();
  if (now_us < *deadline) return std::optional(NotDue(RunDecision::kWaiting, count));
  return std::optional(
      NotDue(RunDecision::kMissing, "only " + count + " by " + FormatTimestamp(*deadline)));
}

bool HasFresh(const DiscoveredPartition& partition) {
  return std::any_of(partition.files.begin(), partition.files.end(),
                     [](const LandedFile& file) { return file.state == LandedFileState::kSeen; });
}

// Whether the partition is of a date and was first published longer ago than history_window. Whole
// tables, and partitions such as region=eu, go on taking files.
Result<std::optional<Due>> TooLate(const Dataset& dataset, const DiscoveredPartition& partition,
                                   TimestampUs now_us, Ledger* ledger, const std::string& why) {
  LAKEGATE_ASSIGN(const std::vector<Partition> known, ledger->partitions().List(dataset.name));
  if (!DateColumnOf(dataset, known)) return std::optional<Due>();
  LAKEGATE_ASSIGN(const std::optional<TimestampUs> first,
                  ledger->publications().FirstPublished(dataset.name, partition.key));
  const int64_t age_s = first ? (now_us - *first) / 1'000'000 : 0;
  if (age_s <= dataset.history_window_s) return std::optional<Due>();
  return std::optional(NotDue(
      RunDecision::kLate, why + ", " + std::to_string(age_s / 86'400) +
                              " days after the first version and beyond history_window: publish it "
                              "with lakegate backfill or --force"));
}

}  // namespace

const char* Name(RunDecision decision) {
  switch (decision) {
    case RunDecision::kUnchanged:
      return "no change";
    case RunDecision::kPublished:
      return "published";
    case RunDecision::kGated:
    case RunDecision::kGatedSame:
      return "gated";
    case RunDecision::kHeld:
      return "held";
    case RunDecision::kPaused:
      return "paused";
    case RunDecision::kGone:
    case RunDecision::kLate:
      return "stale";
    case RunDecision::kWaiting:
      return "waiting";
    case RunDecision::kMissing:
      return "missing";
    case RunDecision::kError:
      return "failed";
  }
  return "?";
}

std::optional<PartitionState> StateWithoutRun(RunDecision decision) {
  switch (decision) {
    case RunDecision::kGone:
    case RunDecision::kLate:
      return PartitionState::kStale;
    case RunDecision::kWaiting:
      return PartitionState::kWaiting;
    case RunDecision::kMissing:
      return PartitionState::kMissing;
    default:
      return std::nullopt;
  }
}

Result<Due> DecideDue(const Lake& lake, const DatasetSetup& setup,
                      const DiscoveredPartition& partition, const RunSettings& settings,
                      Ledger* ledger) {
  const Dataset& dataset = *setup.dataset;
  if (TakesFilesOnce(dataset.publish.mode)) {
    return DecideLoad(lake, setup, partition, settings, ledger);
  }
  if (partition.files.empty()) return GoneFiles(partition, settings);
  Due due;
  due.inputs.fingerprint = FingerprintOf(setup, partition);
  LAKEGATE_ASSIGN(due.inputs.dependencies, StateOfDependencies(lake, setup, ledger));
  if (settings.job.require_full_coverage) due.inputs.dependencies += " full coverage";
  if (settings.replay) {
    LAKEGATE_ASSIGN(const std::vector<QuarantineItem> open,
                    ledger->quarantine_items().ListOpen(dataset.name, partition.key));
    if (open.empty()) return NotDue(RunDecision::kUnchanged, "");  // somebody else was faster
    if (!partition.gone.empty()) return GoneFiles(partition, settings);
    due.why = "replay";
    return due;
  }
  due.why = "forced";
  if (settings.force) return due;
  LAKEGATE_ASSIGN(const std::optional<Partition> known,
                  ledger->partitions().Find(dataset.name, partition.key));
  due.why = "never published";
  if (!known || !known->published_version) {
    LAKEGATE_ASSIGN(const std::optional<Due> incomplete,
                    TooFewFiles(dataset, partition, settings.now_us, ledger));
    if (incomplete) return *incomplete;
  }
  if (!known) return due;
  const bool same_as_live = known->published_version &&
                            known->state == PartitionState::kPublished &&
                            known->fingerprint == due.inputs.fingerprint;
  if (same_as_live) {
    LAKEGATE_ASSIGN(const bool intact,
                    IsTableIntact(dataset, partition.key, settings.storage, ledger));
    if (intact && HasUnmoved(dataset, partition)) {
      due.why = "landed files are to be moved to history";
      return due;
    }
    if (intact) return NotDue(RunDecision::kUnchanged, StillHeld(partition));
    due.table_damaged = true;
    due.why = "the published files were gone or changed";
    return due;
  }
  if (known->state == PartitionState::kGated || known->state == PartitionState::kHeld) {
    LAKEGATE_ASSIGN(const std::vector<Run> runs,
                    ledger->runs().ListLoads(dataset.name, partition.key));
    if (!runs.empty() && IsSame(runs[0].counters, due.inputs)) {
      const bool gated = known->state == PartitionState::kGated;
      Due same =
          NotDue(gated ? RunDecision::kGatedSame : RunDecision::kHeld, known->why.value_or(""));
      same.run_id = runs[0].id;
      same.report_path = runs[0].report_path.value_or("");
      return same;
    }
  }
  if (!partition.gone.empty() && known->published_version) return GoneFiles(partition, settings);
  due.why = WhatChanged(*known, setup, partition);
  if (!settings.any_age && known->published_version && HasFresh(partition)) {
    LAKEGATE_ASSIGN(const std::optional<Due> late,
                    TooLate(dataset, partition, settings.now_us, ledger, due.why));
    if (late) return *late;
  }
  return due;
}

}  // namespace lakegate
