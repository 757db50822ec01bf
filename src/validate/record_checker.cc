#include "validate/record_checker.h"

#include <algorithm>

#include "validate/explain.h"
#include "validate/make_column.h"

namespace lakegate {
namespace {

// A value that its column cannot hold is never published, whatever the action says.
bool CannotBeStored(ReasonCode code) {
  return code == ReasonCode::kTypeError || code == ReasonCode::kOutOfRange ||
         code == ReasonCode::kMapKey;
}

// About what a record and a reason take beside their texts. Fixed: what a part of a unit holds, and
// with it some numbers of reports, must not depend on the size of a struct.
constexpr size_t kRecordBytes = 104;
constexpr size_t kReasonBytes = 104;
// A reason with longer texts gives its memory back: a key may have megabytes.
constexpr size_t kMostUsedAgain = 4096;

size_t MemoryOf(const ReasonedRecord& record) {
  size_t bytes = kRecordBytes + record.bytes.size();
  for (const Reason& reason : record.reasons) {
    bytes += kReasonBytes + reason.field.size() + reason.value.size() + reason.message.size();
  }
  return bytes;
}

}  // namespace

RecordChecker::RecordChecker(const CheckPlan& plan, const RecordCheckerOptions& options,
                             RecordObserver* observer)
    : plan_(plan), options_(options), observer_(observer) {
  for (const FieldPlan& field : plan.fields) {
    checkers_.push_back(std::make_unique<FieldChecker>(field));
    plain_.emplace_back(*checkers_.back());
    const bool is_free = options.is_csv && !options.store_columns && plain_.back().PassesAllCells();
    if (!is_free) checked_.push_back(static_cast<uint32_t>(plain_.size() - 1));
  }
}

void RecordChecker::Start(UnitResult* result) {
  result_ = result;
  is_full_ = false;
  unknown_keys_.clear();
  result->Clear();
  result->rule_violations.resize(plan_.rules.size(), 0);
  result->structure_violations.resize(AllReasons().size(), 0);
  if (options_.store_columns && result->columns.empty()) {
    for (const FieldPlan& field : plan_.fields) result->columns.push_back(MakeColumn(field));
  }
}

void RecordChecker::OnRecord(const RecordSpan& span, const RawRecord& record) {
  if (observer_) observer_->Observe(record, result_->records);
  violations_.clear();
  for (const uint32_t i : checked_) {
    const RawValue& value = record.values[i];
    ColumnBuffer* column = options_.store_columns ? &result_->columns[i] : nullptr;
    if (plain_[i].PassesAtOnce(value, column)) continue;
    if (plain_[i].Passes(value, record.values.data(), column)) continue;
    if (column) column->Truncate(result_->accepted);  // what was appended of it so far
    checkers_[i]->Check(value, record, column, &violations_);
  }
  if (!record.unknown_keys.empty()) CountUnknownKeys(record);
  Action action = Action::kWarn;
  if (!violations_.empty()) {
    action = CountViolations();
    if (action == Action::kWarn) KeepWarning(span);
  }
  if (action == Action::kWarn) {
    Accept(span, record);
  } else {
    SetAside(span, !options_.is_csv, [&](std::vector<Reason>* reasons) { ExplainAll(reasons); });
  }
}

void RecordChecker::OnDamaged(const RecordSpan& span, Damage damage) {
  ++result_->structure_violations[static_cast<size_t>(damage.code)];
  if (plan_.default_action == Action::kRejectFile) result_->reject_file = true;
  SetAside(span, false, [&](std::vector<Reason>* reasons) {
    Reason& reason = NewReason(reasons);
    reason.rule = -1;
    reason.code = damage.code;
    reason.field = std::move(damage.field);
    reason.value.clear();
    reason.message = "byte ";
    reason.message.append(std::to_string(damage.column + 1)).append(": ").append(damage.message);
  });
}

Action RecordChecker::CountViolations() {
  Action hardest = Action::kWarn;
  for (size_t i = 0; i < violations_.size(); ++i) {
    const Violation& violation = violations_[i];
    const auto same_rule = [&](const Violation& other) { return other.rule == violation.rule; };
    if (std::none_of(violations_.begin(), violations_.begin() + static_cast<ptrdiff_t>(i),
                     same_rule)) {
      ++result_->rule_violations[static_cast<size_t>(violation.rule)];
    }
    Action action = plan_.rules[static_cast<size_t>(violation.rule)].action;
    if (action == Action::kRejectFile) result_->reject_file = true;
    if (CannotBeStored(violation.code)) action = std::max(action, Action::kQuarantine);
    hardest = std::max(hardest, action);
  }
  return hardest;
}

Reason& RecordChecker::NewReason(std::vector<Reason>* reasons) {
  if (used_reasons_.empty()) return reasons->emplace_back();
  reasons->push_back(std::move(used_reasons_.back()));
  used_reasons_.pop_back();
  return reasons->back();
}

void RecordChecker::UseAgain(std::vector<Reason>* reasons) {
  for (Reason& reason : *reasons) {
    const size_t bytes = reason.field.capacity() + reason.value.capacity();
    if (bytes + reason.message.capacity() > kMostUsedAgain) continue;
    used_reasons_.push_back(std::move(reason));
  }
  reasons->clear();
  reasons_.swap(*reasons);
}

void RecordChecker::ExplainAll(std::vector<Reason>* reasons) {
  for (const Violation& violation : violations_) {
    if (reasons->size() == kMaxReasonsPerRecord) {
      reasons->back().message += " (and " +
                                 std::to_string(violations_.size() - kMaxReasonsPerRecord) +
                                 " more reasons for this record)";
      break;
    }
    Explain(violation, plan_, &NewReason(reasons));
  }
}

void RecordChecker::SetAside(const RecordSpan& span, bool is_utf8,
                             const std::function<void(std::vector<Reason>*)>& explain) {
  for (ColumnBuffer& column : result_->columns) column.Truncate(result_->accepted);
  result_->quarantined_bytes += span.length;
  if (result_->rejects.size() < options_.max_rejects_kept) {
    const std::string_view bytes = result_->reject_texts.Keep(span.bytes);
    reasons_.clear();
    explain(&reasons_);
    AddReject({.offset = span.offset,
               .length = span.length,
               .line = span.line,
               .record = result_->records,
               .bytes = bytes,
               .reasons = std::move(reasons_),
               .is_utf8 = is_utf8});
  }
  if (options_.keep_records) Keep(span, false);
  CountRecord();
}

void RecordChecker::AddReject(ReasonedRecord record) {
  UnitResult& result = *result_;
  result.reject_bytes += MemoryOf(record);
  if (options_.index_text) {
    record.index_begin = result.index_text.size();
    options_.index_text(record, plan_, &result.index_text);
    record.index_size = result.index_text.size() - record.index_begin;
    if (result.rejects.size() >= options_.max_reasons_kept && !result.reject_file) {
      UseAgain(&record.reasons);
    }
  }
  result.rejects.push_back(std::move(record));
}

void RecordChecker::KeepWarning(const RecordSpan& span) {
  if (result_->warned.size() >= kMaxWarnSamples) return;
  result_->warned.push_back({span.offset, span.length, span.line, result_->records, "", {}});
  ExplainAll(&result_->warned.back().reasons);
}

void RecordChecker::Accept(const RecordSpan& span, const RawRecord& record) {
  if (options_.clean == CleanText::kCopyLines) {
    result_->clean.Append(span.bytes);
    result_->clean.AppendValue('\n');
  } else if (options_.clean == CleanText::kCellsAsJson) {
    AppendRowAsJson(plan_, record, &result_->clean);
  }
  if (options_.keep_records) Keep(span, true);
  if (options_.store_lines) result_->lines.push_back(span.line);
  result_->accepted_bytes += span.length;
  ++result_->accepted;
  CountRecord();
}

void RecordChecker::CountRecord() {
  ++result_->records;
  is_full_ = result_->records >= options_.max_records ||
             result_->reject_bytes >= options_.max_reject_bytes;
}

void RecordChecker::Keep(const RecordSpan& span, bool accepted) {
  result_->kept_bytes.Append(span.bytes);
  result_->kept.push_back({span.offset, span.length, span.line, result_->kept_bytes.size(),
                           result_->clean.size(), accepted});
}

void RecordChecker::CountUnknownKeys(const RawRecord& record) {
  size_t place = 0;
  for (const std::string_view key : record.unknown_keys) {
    if (plan_.additional_rule >= 0) {
      Violation violation;
      violation.rule = plan_.additional_rule;
      violation.code = ReasonCode::kAdditionalField;
      violation.value.data = key.data();
      violation.value.size = static_cast<uint32_t>(key.size());
      violations_.push_back(violation);
    }
    int64_t* const count = UnknownKeyCount(key, place++);
    ++(count ? *count : result_->more_unknown_keys);
  }
}

int64_t* RecordChecker::UnknownKeyCount(std::string_view key, size_t place) {
  using Entry = std::pair<const std::string, int64_t>;
  if (place < unknown_keys_.size() && unknown_keys_[place]->first == key) {
    return &unknown_keys_[place]->second;
  }
  auto known = result_->unknown_keys.find(key);
  if (known == result_->unknown_keys.end()) {
    if (result_->unknown_keys.size() >= kMaxUnknownKeys) return nullptr;
    known = result_->unknown_keys.emplace(key, 0).first;
  }
  Entry* const entry = &*known;
  if (place < unknown_keys_.size()) {
    unknown_keys_[place] = entry;
  } else if (place == unknown_keys_.size() && place < kMaxUnknownKeys) {
    unknown_keys_.push_back(entry);
  }
  return &entry->second;
}

}  // namespace lakegate
