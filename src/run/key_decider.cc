#include "run/key_decider.h"

#include <algorithm>
#include <iterator>

namespace lakegate {
namespace {

// The original bytes of a kept record.
std::string_view BytesOf(const UnitResult& result, uint32_t record) {
  const size_t begin = record == 0 ? 0 : result.kept[record - 1].bytes_end;
  return result.kept_bytes.view().substr(begin, result.kept[record].bytes_end - begin);
}

}  // namespace

KeyDecider::KeyDecider(const CheckPlan& plan, const MetricLayout& layout, KeyIndexes* indexes,
                       const std::vector<FileOutcome>& files,
                       const std::vector<std::unique_ptr<JobInput>>* inputs)
    : plan_(plan),
      layout_(layout),
      indexes_(*indexes),
      files_(files),
      inputs_(*inputs),
      key_text_(plan) {}

Status KeyDecider::Collect(const UnitBundle& bundle, int64_t line) {
  for (size_t i = 0; i < indexes_.unique.size(); ++i) {
    const auto key = static_cast<size_t>(layout_.key_of_unique[i]);
    for (const KeyEntry& entry : bundle.metrics.keys[key]) {
      const KeptRecord& kept = bundle.result.kept[entry.record];
      LAKEGATE_TRY(indexes_.unique[i]->Collect(entry.hash, sequence_ + entry.record,
                                               {line + kept.line, bundle.file}));
    }
  }
  for (size_t i = 0; i < indexes_.references.size(); ++i) {
    ReferenceIndex* const index = indexes_.references[i].get();
    const ForeignKey& foreign = plan_.foreign_keys[i];
    if (index == nullptr) continue;
    if (!foreign.self.empty()) {
      const auto own = static_cast<size_t>(layout_.key_of_self[i]);
      for (const KeyEntry& entry : bundle.metrics.keys[own]) {
        LAKEGATE_TRY(index->AddTarget(entry.hash));
      }
    }
    if (index->fits() && foreign.self.empty()) continue;
    const auto key = static_cast<size_t>(layout_.key_of_foreign[i]);
    for (const KeyEntry& entry : bundle.metrics.keys[key]) {
      LAKEGATE_TRY(index->Collect(entry.hash, sequence_ + entry.record));
    }
  }
  return {};
}

Status KeyDecider::Decide(UnitBundle* bundle, int64_t line) {
  UnitResult& result = bundle->result;
  found_.clear();
  const size_t rejects_before = result.rejects.size();
  for (size_t i = 0; i < indexes_.unique.size() && !needs_two_passes_; ++i) {
    LAKEGATE_TRY(FindCopies(*bundle, i, line));
  }
  if (needs_two_passes_) return {};
  for (size_t i = 0; i < indexes_.references.size(); ++i) {
    if (indexes_.references[i]) LAKEGATE_TRY(FindOrphans(*bundle, i));
  }
  if (found_.empty()) return {};
  AddReasons(&result);
  if (result.rejects.size() != rejects_before) RemoveSetAside(&result);
  return {};
}

Status KeyDecider::FindCopies(const UnitBundle& bundle, size_t unique, int64_t line) {
  UniqueIndex& index = *indexes_.unique[unique];
  const UniqueKey& key = plan_.unique_keys[unique];
  const auto keys = static_cast<size_t>(layout_.key_of_unique[unique]);
  for (const KeyEntry& entry : bundle.metrics.keys[keys]) {
    const KeptRecord& kept = bundle.result.kept[entry.record];
    std::optional<RecordPlace> first;
    if (index.pass() == UniqueIndex::Pass::kLookUp) {
      LAKEGATE_ASSIGN(first, index.LookUp(sequence_ + entry.record));
    } else {
      first = index.Decide(entry.hash, {line + kept.line, bundle.file});
      if (index.needs_two_passes()) {
        needs_two_passes_ = true;
        return {};
      }
    }
    if (!first) continue;
    LAKEGATE_ASSIGN(Reason reason,
                    KeyReason(bundle, entry.record, ReasonCode::kUnique, key.rule, key.fields));
    reason.message = "the same key stands in " + files_[first->file].path + " line " +
                     std::to_string(first->line);
    found_.emplace_back(entry.record, std::move(reason));
  }
  return {};
}

Status KeyDecider::FindOrphans(const UnitBundle& bundle, size_t reference) {
  ReferenceIndex& index = *indexes_.references[reference];
  const ForeignKey& key = plan_.foreign_keys[reference];
  const auto keys = static_cast<size_t>(layout_.key_of_foreign[reference]);
  for (const KeyEntry& entry : bundle.metrics.keys[keys]) {
    bool orphan;
    if (index.fits()) {
      orphan = !index.Contains(entry.hash);
    } else {
      LAKEGATE_ASSIGN(orphan, index.IsOrphan(sequence_ + entry.record));
    }
    if (!orphan) continue;
    LAKEGATE_ASSIGN(Reason reason,
                    KeyReason(bundle, entry.record, ReasonCode::kForeignKey, key.rule, key.fields));
    reason.message = "no row of " + key.target_object + " has this key";
    found_.emplace_back(entry.record, std::move(reason));
  }
  return {};
}

Result<Reason> KeyDecider::KeyReason(const UnitBundle& bundle, uint32_t record, ReasonCode code,
                                     int rule, const std::vector<FieldPath>& fields) {
  Reason reason;
  reason.rule = rule;
  reason.code = code;
  for (const FieldPath& field : fields) {
    reason.field += (reason.field.empty() ? "" : ",") + FieldAt(plan_.fields, field).path;
  }
  LAKEGATE_ASSIGN(reason.value,
                  key_text_.Read(inputs_[bundle.file].get(), BytesOf(bundle.result, record),
                                 bundle.result.kept[record].offset, fields));
  return reason;
}

// Each to its record's entry in rejects; a record that was accepted gets one.
void KeyDecider::AddReasons(UnitResult* result) {
  std::stable_sort(found_.begin(), found_.end(),
                   [](const auto& one, const auto& other) { return one.first < other.first; });
  std::vector<ReasonedRecord> before = std::move(result->rejects);
  std::vector<ReasonedRecord>& all = result->rejects;
  all.clear();
  auto next = before.begin();
  for (auto& [record, reason] : found_) {
    const Action action = plan_.rules[static_cast<size_t>(reason.rule)].action;
    ++result->rule_violations[static_cast<size_t>(reason.rule)];
    if (action == Action::kRejectFile) result->reject_file = true;
    for (; next != before.end() && next->record <= record; ++next) all.push_back(std::move(*next));
    if (all.empty() || all.back().record != record) {
      if (action == Action::kWarn) continue;
      const KeptRecord& kept = result->kept[record];
      all.push_back({kept.offset, kept.length, kept.line, record, BytesOf(*result, record), {}});
    }
    all.back().index_size = 0;  // it lacks this reason
    all.back().reasons.push_back(std::move(reason));
  }
  all.insert(all.end(), std::make_move_iterator(next), std::make_move_iterator(before.end()));
}

// Takes the records that were accepted by the checks, but are copies, out of columns and text.
void KeyDecider::RemoveSetAside(UnitResult* unit) {
  UnitResult& result = *unit;
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
  if (result.lines.empty()) return;
  size_t kept_lines = 0;
  for (size_t i = 0; i < keep.size(); ++i) {
    if (keep[i] != 0) result.lines[kept_lines++] = result.lines[i];
  }
  result.lines.resize(kept_lines);
}

}  // namespace lakegate
