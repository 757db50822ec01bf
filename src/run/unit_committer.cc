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

// The original bytes of a kept record.
std::string_view BytesOf(const UnitResult& result, uint32_t record) {
  const size_t begin = record == 0 ? 0 : result.kept[record - 1].bytes_end;
  return result.kept_bytes.view().substr(begin, result.kept[record].bytes_end - begin);
}

}  // namespace

UnitCommitter::UnitCommitter(const CheckPlan& plan, const MetricLayout& layout,
                             const JobOptions& options,
                             std::vector<std::unique_ptr<JobInput>>* inputs,
                             std::vector<std::unique_ptr<UniqueIndex>>* unique, JobOutputs* outputs,
                             JobOutcome* outcome, UnitWorker* rereader)
    : plan_(plan),
      layout_(layout),
      options_(options),
      inputs_(*inputs),
      unique_(*unique),
      outputs_(*outputs),
      outcome_(*outcome),
      rereader_(*rereader),
      key_text_(plan),
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

bool UnitCommitter::IsCollecting() const {
  return !unique_.empty() && unique_[0]->pass() == UniqueIndex::Pass::kCollect;
}

Status UnitCommitter::Commit(UnitBundle* bundle) {
  FileOutcome& file = outcome_.files[bundle->file];
  if (!inputs_[bundle->file]) return {};  // was rejected in an earlier pass
  JobInput& input = *inputs_[bundle->file];
  if (bundle->unit == 0) {
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
    if (bundle->unit > 0) return RejectedMidway();
    if (bundle->last) inputs_[bundle->file].reset();
    return {};
  }
  LAKEGATE_TRY(EnsureContinuity(bundle));
  if (IsCollecting()) {
    LAKEGATE_TRY(CollectKeys(*bundle));
  } else {
    if (!unique_.empty()) LAKEGATE_TRY(SetAsideCopies(bundle));
    if (needs_two_passes_) {
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
  sequence_ += bundle->result.records;
  return bundle->last ? FinishFile(*bundle) : Status{};
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

// A CSV unit starts as if outside quotes. If the unit before it ended elsewhere, read it again
// from there.
Status UnitCommitter::EnsureContinuity(UnitBundle* bundle) {
  if (bundle->result.counts.first_offset == expected_offset_) return {};
  JobInput& input = *inputs_[bundle->file];
  LAKEGATE_CHECK(!input.is_stream() && bundle->unit > 0, "streams are read in one piece");
  return rereader_.ReadPlain(&input, bundle->unit, expected_offset_, bundle);
}

Status UnitCommitter::CollectKeys(const UnitBundle& bundle) {
  for (size_t i = 0; i < unique_.size(); ++i) {
    const auto key = static_cast<size_t>(layout_.key_of_unique[i]);
    for (const KeyEntry& entry : bundle.metrics.keys[key]) {
      const KeptRecord& kept = bundle.result.kept[entry.record];
      LAKEGATE_TRY(unique_[i]->Collect(entry.hash, sequence_ + entry.record,
                                       {line_ + kept.line, bundle.file}));
    }
  }
  return {};
}

Status UnitCommitter::SetAsideCopies(UnitBundle* bundle) {
  const size_t rejects_before = bundle->result.rejects.size();
  bool any = false;
  for (size_t i = 0; i < unique_.size(); ++i) {
    const int64_t before =
        bundle->result.rule_violations[static_cast<size_t>(plan_.unique_keys[i].rule)];
    LAKEGATE_TRY(FindCopies(*bundle, i, &bundle->result));
    any = any ||
          bundle->result.rule_violations[static_cast<size_t>(plan_.unique_keys[i].rule)] != before;
  }
  if (any && bundle->result.rejects.size() != rejects_before) RemoveSetAside(bundle);
  return {};
}

Status UnitCommitter::FindCopies(const UnitBundle& bundle, size_t unique, UnitResult* result) {
  UniqueIndex& index = *unique_[unique];
  const UniqueKey& key = plan_.unique_keys[unique];
  const auto keys = static_cast<size_t>(layout_.key_of_unique[unique]);
  for (const KeyEntry& entry : bundle.metrics.keys[keys]) {
    const KeptRecord& kept = result->kept[entry.record];
    std::optional<RecordPlace> first;
    if (index.pass() == UniqueIndex::Pass::kLookUp) {
      LAKEGATE_ASSIGN(first, index.LookUp(sequence_ + entry.record));
    } else {
      first = index.Decide(entry.hash, {line_ + kept.line, bundle.file});
      if (index.needs_two_passes()) {
        needs_two_passes_ = true;
        return {};
      }
    }
    if (!first) continue;
    ++result->rule_violations[static_cast<size_t>(key.rule)];
    Reason reason;
    reason.rule = key.rule;
    reason.code = ReasonCode::kUnique;
    for (const int field : key.fields) {
      reason.field +=
          (reason.field.empty() ? "" : ",") + plan_.fields[static_cast<size_t>(field)].name;
    }
    LAKEGATE_ASSIGN(reason.value, key_text_.Read(inputs_[bundle.file].get(),
                                                 BytesOf(*result, entry.record), kept.offset, key));
    reason.message = "the same key stands in " + outcome_.files[first->file].path + " line " +
                     std::to_string(first->line);
    AddReason(result, entry.record, std::move(reason));
  }
  return {};
}

// To the record's entry in rejects; a record that was accepted gets one.
void UnitCommitter::AddReason(UnitResult* result, uint32_t record, Reason reason) {
  const bool warn_only = plan_.rules[static_cast<size_t>(reason.rule)].action == Action::kWarn;
  if (plan_.rules[static_cast<size_t>(reason.rule)].action == Action::kRejectFile) {
    result->reject_file = true;
  }
  auto at = std::lower_bound(
      result->rejects.begin(), result->rejects.end(), int64_t{record},
      [](const ReasonedRecord& reject, int64_t wanted) { return reject.record < wanted; });
  const bool is_there = at != result->rejects.end() && at->record == record;
  if (!is_there) {
    if (warn_only) return;
    const KeptRecord& kept = result->kept[record];
    at = result->rejects.insert(at, {kept.offset,
                                     kept.length,
                                     kept.line,
                                     int64_t{record},
                                     std::string(BytesOf(*result, record)),
                                     {}});
  }
  at->reasons.push_back(std::move(reason));
}

// Takes the records that were accepted by the checks, but are copies, out of columns and text.
void UnitCommitter::RemoveSetAside(UnitBundle* bundle) {
  UnitResult& result = bundle->result;
  std::vector<uint8_t> keep;
  ByteBuffer clean;
  auto reject = result.rejects.begin();
  size_t clean_begin = 0;
  for (size_t i = 0; i < result.kept.size(); ++i) {
    KeptRecord& kept = result.kept[i];
    const bool set_aside =
        reject != result.rejects.end() && reject->record == static_cast<int64_t>(i);
    if (set_aside) ++reject;
    if (!kept.accepted) continue;
    keep.push_back(set_aside ? 0 : 1);
    if (set_aside) {
      kept.accepted = false;
      --result.accepted;
      result.accepted_bytes -= kept.length;
      result.quarantined_bytes += kept.length;
    } else {
      clean.Append(result.clean.view().substr(clean_begin, kept.clean_end - clean_begin));
    }
    clean_begin = kept.clean_end;
  }
  result.clean = std::move(clean);
  for (ColumnBuffer& column : result.columns) column.Filter(keep);
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
    for (ReasonedRecord& record : result.rejects) {
      NumberAbsolutely(&record);
      LAKEGATE_TRY(
          outputs_.quarantine->Write(path, record, input.is_stream() ? nullptr : input.file()));
    }
  }
  if (outputs_.clean) LAKEGATE_TRY(outputs_.clean->Write(result.clean.view()));
  if (outputs_.table) LAKEGATE_TRY(outputs_.table->Append(&result.columns, result.accepted));
  return {};
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
    totals.metrics[i].nulls += bundle.metrics.metrics[i].nulls;
    totals.metrics[i].missing += bundle.metrics.metrics[i].missing;
    totals.metrics[i].invalid += bundle.metrics.metrics[i].invalid;
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
    Sample sample{bundle.file, set_aside, record};
    NumberAbsolutely(&sample.record);
    if (sample.record.bytes.size() > kSampleBytes) sample.record.bytes.resize(kSampleBytes);
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
  if (IsCollecting()) return {};
  const int64_t seen =
      file.accepted_bytes + file.quarantined_bytes + file.skipped_bytes + file.line_end_bytes;
  LAKEGATE_CHECK(seen == file.bytes_read && file.bytes_read == size,
                 "conservation: every byte read is accepted, quarantined or skipped");
  return {};
}

Status UnitCommitter::Finish() {
  for (size_t i = 0; i < counters_.size(); ++i) {
    LAKEGATE_ASSIGN(const KeyCounts counts, counters_[i].Finish());
    outcome_.totals.keys.push_back(counts);
  }
  if (outputs_.table) {
    LAKEGATE_ASSIGN(outcome_.table_files, outputs_.table->Finish());
  }
  return {};
}

}  // namespace lakegate
