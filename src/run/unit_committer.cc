#include "run/unit_committer.h"

#include <algorithm>

#include "core/check.h"
#include "core/utf8.h"

namespace lakegate {
namespace {

constexpr size_t kSampleBytes = 400;

void AddTo(std::vector<int64_t>* sums, const std::vector<int64_t>& more) {
  sums->resize(std::max(sums->size(), more.size()), 0);
  for (size_t i = 0; i < more.size(); ++i) (*sums)[i] += more[i];
}

}  // namespace

UnitCommitter::UnitCommitter(const CheckPlan& plan, const MetricLayout& layout,
                             const JobOptions& options,
                             std::vector<std::unique_ptr<JobInput>>* inputs, KeyIndexes* indexes,
                             JobOutputs* outputs, JobOutcome* outcome, UnitWorker* rereader)
    : plan_(plan),
      layout_(layout),
      options_(options),
      inputs_(*inputs),
      indexes_(*indexes),
      outputs_(*outputs),
      outcome_(*outcome),
      rereader_(*rereader),
      decider_(plan, layout, indexes, outcome->files, inputs),
      row_columns_(options.row_columns),
      is_counted_(layout.keys.size(), false) {
  for (size_t i = 0; i < layout.keys.size(); ++i) counters_.emplace_back(options.spill);
  for (const int key : layout.key_of_metric) {
    if (key >= 0) is_counted_[static_cast<size_t>(key)] = true;
  }
  PartitionTotals& totals = outcome_.totals;
  totals = PartitionTotals{};
  totals.rule_violations.resize(plan.rules.size(), 0);
  totals.structure_violations.resize(AllReasons().size(), 0);
  totals.metrics.resize(plan.metrics.size());
}

Status UnitCommitter::Commit(UnitBundle* bundle) {
  FileOutcome& file = outcome_.files[bundle->file];
  if (!inputs_[bundle->file]) return {};  // was rejected in an earlier pass
  JobInput& input = *inputs_[bundle->file];
  if (bundle->unit == 0 && bundle->part == 0) {
    expected_offset_ = input.preamble_bytes();
    line_ = input.preamble_lines() + 1;
    record_ = 1;
    file.skipped_bytes = input.preamble_bytes();
    file.format = input.format();
    file.compression = input.compression();
    file.size = input.size();
  }
  if (bundle->file_damage) file.reasons.push_back(*bundle->file_damage);
  if (!input.reasons().empty() && bundle->unit == 0) file.reasons = input.reasons();
  if (!file.reasons.empty()) {
    file.rejected = true;
    if (bundle->unit > 0 || bundle->part > 0) return RejectedMidway();
    if (bundle->last) inputs_[bundle->file].reset();
    return {};
  }
  LAKEGATE_TRY(TakeInOrder(bundle));
  return bundle->last ? FinishFile(*bundle) : Status{};
}

// A CSV unit starts as if outside quotes. If the unit before it ended elsewhere, read it again
// from there, all its parts at once.
Status UnitCommitter::TakeInOrder(UnitBundle* bundle) {
  const std::pair unit{bundle->file, bundle->unit};
  if (reread_unit_ == unit) return {};
  if (bundle->result.counts.first_offset == expected_offset_) return Take(bundle);
  JobInput& input = *inputs_[bundle->file];
  LAKEGATE_CHECK(!input.is_stream() && bundle->unit > 0 && bundle->part == 0,
                 "parts, and the units of a stream, follow each other");
  reread_unit_ = unit;
  do {
    LAKEGATE_TRY(
        rereader_.ReadPlain(&input, input.unit_range(bundle->unit), expected_offset_, bundle));
    LAKEGATE_TRY(Take(bundle));
  } while (!bundle->ends_unit);
  return {};
}

// Records that follow those that were taken before.
Status UnitCommitter::Take(UnitBundle* bundle) {
  FileOutcome& file = outcome_.files[bundle->file];
  if (indexes_.collecting) {
    LAKEGATE_TRY(decider_.Collect(*bundle, line_));
  } else {
    if (decider_.has_keys()) LAKEGATE_TRY(decider_.Decide(bundle, line_));
    if (needs_two_passes()) {
      return Error{ErrorCode::kCancelled, "the unique keys need two passes", ""};
    }
    if (bundle->result.reject_file) {
      file.rejected = true;
      file.reasons.push_back(
          {FirstRejectingCode(*bundle), "", "a rule with the action reject_file was violated"});
    }
    Count(*bundle);
    for (size_t i = 0; i < counters_.size(); ++i) {
      if (is_counted_[i]) LAKEGATE_TRY(counters_[i].Add(bundle->metrics.keys[i]));
    }
    KeepSamples(*bundle);
    LAKEGATE_TRY(Hand(bundle));
  }
  if (file.rejected) return RejectedMidway();
  const UnitCounts& counts = bundle->result.counts;
  expected_offset_ = counts.end_offset;
  line_ += counts.lines;
  record_ += bundle->result.records;
  decider_.Advance(*bundle);
  return {};
}

// Ends the pass: the next one is without this file, so that its keys judge nobody else's.
Status UnitCommitter::RejectedMidway() {
  file_rejected_midway_ = true;
  return Error{ErrorCode::kCancelled, "a file turned out to be unusable", ""};
}

ReasonCode UnitCommitter::FirstRejectingCode(const UnitBundle& bundle) const {
  for (const ReasonedRecord& record : bundle.result.rejects) {
    for (const Reason& reason : record.reasons) {
      const Action action = reason.rule < 0 ? plan_.default_action
                                            : plan_.rules[static_cast<size_t>(reason.rule)].action;
      if (action == Action::kRejectFile) return reason.code;
    }
  }
  return ReasonCode::kUnique;  // the only one that may be decided without setting a record aside
}

void UnitCommitter::NumberAbsolutely(ReasonedRecord* record) const {
  record->line += line_;
  record->record += record_;
}

Status UnitCommitter::Hand(UnitBundle* bundle) {
  UnitResult& result = bundle->result;
  const std::string& path = outcome_.files[bundle->file].path;
  if (outputs_.quarantine) {
    JobInput& input = *inputs_[bundle->file];
    for (ReasonedRecord& record : result.rejects) NumberAbsolutely(&record);
    LAKEGATE_TRY(outputs_.quarantine->Write(path, result.rejects, result.index_text.view(),
                                            input.is_stream() ? nullptr : input.file()));
  }
  if (outputs_.clean) LAKEGATE_TRY(outputs_.clean->Write(result.clean.view()));
  if (!outputs_.table) return {};
  outputs_.table->FromFile(bundle->file);
  row_columns_.Add(bundle->file, line_, &result);
  Status written = outputs_.table->Append(&result.columns, result.accepted);
  row_columns_.Remove(&result.columns);
  return written;
}

void UnitCommitter::Count(const UnitBundle& bundle) {
  const UnitResult& result = bundle.result;
  FileOutcome& file = outcome_.files[bundle.file];
  file.records += result.records;
  file.accepted += result.accepted;
  file.blank_lines += result.counts.blank_lines;
  file.accepted_bytes += result.accepted_bytes;
  file.quarantined_bytes += result.quarantined_bytes;
  file.skipped_bytes += result.counts.skipped_bytes;
  file.line_end_bytes += result.counts.line_end_bytes;
  PartitionTotals& totals = outcome_.totals;
  totals.records += result.records;
  totals.accepted += result.accepted;
  AddTo(&totals.rule_violations, result.rule_violations);
  AddTo(&totals.structure_violations, result.structure_violations);
  for (size_t i = 0; i < totals.metrics.size(); ++i) {
    totals.metrics[i].Add(bundle.metrics.metrics[i]);
  }
  for (const auto& [key, count] : result.unknown_keys) {
    const auto known = outcome_.unknown_keys.find(key);
    if (known != outcome_.unknown_keys.end()) {
      known->second += count;
    } else if (outcome_.unknown_keys.size() < kMaxUnknownKeys) {
      outcome_.unknown_keys.emplace(key, count);
    } else {
      outcome_.more_unknown_keys += count;
    }
  }
  outcome_.more_unknown_keys += result.more_unknown_keys;
}

void UnitCommitter::KeepSamples(const UnitBundle& bundle) {
  const auto keep = [&](const ReasonedRecord& record, bool set_aside) {
    Sample sample{bundle.file, set_aside, record,
                  std::string(record.bytes.substr(0, kSampleBytes))};
    NumberAbsolutely(&sample.record);
    sample.record.bytes = {};
    outcome_.samples.push_back(std::move(sample));
  };
  const size_t limit = options_.max_samples;
  for (const ReasonedRecord& record : bundle.result.rejects) {
    if (outcome_.samples.size() >= limit) return;
    keep(record, true);
  }
  for (const ReasonedRecord& record : bundle.result.warned) {
    if (outcome_.samples.size() >= limit) return;
    keep(record, false);
  }
}

Status UnitCommitter::FinishFile(const UnitBundle& bundle) {
  JobInput& input = *inputs_[bundle.file];
  FileOutcome& file = outcome_.files[bundle.file];
  LAKEGATE_TRY(input.CheckUnchanged());
  file.bytes_read = expected_offset_;
  const int64_t size = input.is_stream() ? file.bytes_read : input.size();
  inputs_[bundle.file].reset();
  if (indexes_.collecting) return {};
  const int64_t seen =
      file.accepted_bytes + file.quarantined_bytes + file.skipped_bytes + file.line_end_bytes;
  LAKEGATE_CHECK(seen == file.bytes_read && file.bytes_read == size,
                 "conservation: every byte read is accepted, quarantined or skipped");
  return {};
}

Status UnitCommitter::Finish() {
  for (size_t i = 0; i < counters_.size(); ++i) {
    LAKEGATE_ASSIGN(const KeyCounts counts, counters_[i].Finish(options_.threads));
    outcome_.totals.keys.push_back(counts);
  }
  if (outputs_.table) {
    LAKEGATE_ASSIGN(outcome_.table_files, outputs_.table->Finish());
  }
  return {};
}

}  // namespace lakegate
