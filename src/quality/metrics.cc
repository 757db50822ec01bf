#include "quality/metrics.h"

#include <algorithm>

#include "quality/field_values.h"

namespace lakegate {
namespace {

int FindOrAdd(std::vector<KeyColumns>* keys, KeyColumns wanted) {
  const auto found = std::find(keys->begin(), keys->end(), wanted);
  if (found != keys->end()) return static_cast<int>(found - keys->begin());
  keys->push_back(std::move(wanted));
  return static_cast<int>(keys->size()) - 1;
}

bool IsNull(const RawValue& value) {
  return value.kind == RawKind::kNull || value.kind == RawKind::kAbsent;
}

}  // namespace

void UnitMetrics::Clear() {
  std::fill(metrics.begin(), metrics.end(), MetricCounts{});
  for (UnitKeys& unit_keys : keys) unit_keys.clear();
}

void MetricCounts::Add(const MetricCounts& more) {
  nulls += more.nulls;
  missing += more.missing;
  invalid += more.invalid;
  rows += more.rows;
}

MetricLayout::MetricLayout(const CheckPlan& plan) {
  for (const MetricRule& rule : plan.metrics) {
    int filter = -1;
    if (rule.filter) {
      const auto known = std::find(filters.begin(), filters.end(), rule.filter);
      filter = static_cast<int>(known - filters.begin());
      if (known == filters.end()) filters.push_back(rule.filter);
    }
    filter_of_metric.push_back(filter);
    const bool counts_keys = rule.kind == MetricKind::kDuplicateValues;
    const KeyColumns columns{rule.fields, rule.nulls_equal, rule.all_null_is_no_key, filter};
    key_of_metric.push_back(counts_keys ? FindOrAdd(&keys, columns) : -1);
  }
  for (const UniqueKey& unique : plan.unique_keys) {
    key_of_unique.push_back(FindOrAdd(&keys, {unique.fields}));
  }
  for (const ForeignKey& foreign : plan.foreign_keys) {
    key_of_foreign.push_back(FindOrAdd(&keys, {foreign.fields, false}));
    key_of_self.push_back(foreign.self.empty() ? -1 : FindOrAdd(&keys, {foreign.self, false}));
  }
}

MetricObserver::MetricObserver(const CheckPlan& plan, const MetricLayout& layout)
    : plan_(plan), layout_(layout), taken_(layout.filters.size()) {
  for (const KeyColumns& columns : layout.keys) extractors_.emplace_back(plan, columns);
  for (const auto& filter : layout.filters) filters_.emplace_back(plan, *filter);
  for (const MetricRule& rule : plan.metrics) {
    if (!rule.fields.empty() || rule.filter || rule.readable_rows) {
      counted_.push_back(patterns_.size());
    }
    patterns_.push_back(rule.pattern ? std::make_unique<PatternMatcher>(*rule.pattern) : nullptr);
  }
}

void MetricObserver::Start(UnitMetrics* metrics) {
  metrics_ = metrics;
  metrics->Clear();
  metrics->metrics.resize(plan_.metrics.size());
  metrics->keys.resize(layout_.keys.size());
}

void MetricObserver::Observe(const RawRecord& record, int64_t index) {
  for (size_t i = 0; i < filters_.size(); ++i) {
    taken_[i] = filters_[i].Evaluate(record) == Truth::kTrue;
  }
  for (size_t i = 0; i < extractors_.size(); ++i) {
    if (!Takes(layout_.keys[i].filter)) continue;
    std::vector<KeyEntry>& keys = metrics_->keys[i];
    KeyEntry& entry = keys.emplace_back();  // in place: a copy would wait for its two halves
    entry.record = static_cast<uint32_t>(index);
    if (!extractors_[i].Extract(record, &entry.hash)) keys.pop_back();
  }
  for (const size_t i : counted_) {
    if (Takes(layout_.filter_of_metric[i])) Count(plan_.metrics[i], i, record);
  }
}

void MetricObserver::Count(const MetricRule& rule, size_t index, const RawRecord& record) {
  MetricCounts& counts = metrics_->metrics[index];
  if (rule.fields.empty()) {
    ++counts.rows;
  } else if (rule.kind == MetricKind::kDuplicateValues) {
    const auto key = static_cast<size_t>(layout_.key_of_metric[index]);
    ++counts.rows;
    counts.nulls += extractors_[key].has_null() ? 1 : 0;
  } else {
    VisitValues(plan_, rule.fields[0], record,
                [&](const RawValue& value) { CountValue(rule, index, value, &counts); });
  }
}

void MetricObserver::CountValue(const MetricRule& rule, size_t index, const RawValue& value,
                                MetricCounts* counts) const {
  ++counts->rows;
  if (IsNull(value)) {
    ++counts->nulls;
    counts->missing += rule.count_null_as_missing ? 1 : 0;
    return;
  }
  if (rule.kind == MetricKind::kMissingValues) {
    const bool listed =
        std::find(rule.values.begin(), rule.values.end(), value.text()) != rule.values.end();
    counts->missing += listed ? 1 : 0;
  } else if (rule.kind == MetricKind::kInvalidValues) {
    counts->invalid += IsInvalid(rule, index, value) ? 1 : 0;
  }
}

bool MetricObserver::IsInvalid(const MetricRule& rule, size_t index, const RawValue& value) const {
  if (rule.has_values &&
      std::find(rule.values.begin(), rule.values.end(), value.text()) == rule.values.end()) {
    return true;
  }
  return patterns_[index] && !patterns_[index]->Search(value.text());
}

}  // namespace lakegate
