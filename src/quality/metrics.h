// The library metrics of a contract: counted per unit, merged in unit order, evaluated once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "contract/check_plan.h"
#include "quality/filter_evaluator.h"
#include "quality/key_counter.h"
#include "quality/key_set.h"
#include "validate/pattern_matcher.h"
#include "validate/record_checker.h"

namespace lakegate {

struct MetricCounts {
  int64_t nulls = 0;    // absent or null; duplicates: keys with a null in them
  int64_t missing = 0;  // listed tokens
  int64_t invalid = 0;  // not null, and not a valid value
  int64_t rows = 0;     // what was looked at: readable records that the filter takes; of a field
                        // below a list its values
  void Add(const MetricCounts& more);
};

// One unit's share. metrics: parallel to CheckPlan::metrics; keys: to MetricLayout::keys.
struct UnitMetrics {
  std::vector<MetricCounts> metrics;
  std::vector<UnitKeys> keys;
  void Clear();
};

// Which keys a plan needs, each once, however many rules use it.
struct MetricLayout {
  explicit MetricLayout(const CheckPlan& plan);
  std::vector<KeyColumns> keys;
  std::vector<int> key_of_metric;   // index into keys, -1: the metric has none
  std::vector<int> key_of_unique;   // parallel to CheckPlan::unique_keys
  std::vector<int> key_of_foreign;  // parallel to CheckPlan::foreign_keys
  std::vector<int> key_of_self;     // also; -1: the key refers to another table
  std::vector<std::shared_ptr<const RecordFilter>> filters;  // each once; shared with the plan
  std::vector<int> filter_of_metric;                         // index into filters, -1: none
};

// One per thread. Borrows plan and layout.
class MetricObserver : public RecordObserver {
 public:
  MetricObserver(const CheckPlan& plan, const MetricLayout& layout);
  void Start(UnitMetrics* metrics);  // borrowed; cleared and shaped
  void Observe(const RawRecord& record, int64_t index) override;

 private:
  void Count(const MetricRule& rule, size_t index, const RawRecord& record);
  void CountValue(const MetricRule& rule, size_t index, const RawValue& value,
                  MetricCounts* counts) const;
  bool Takes(int filter) const { return filter < 0 || taken_[static_cast<size_t>(filter)]; }
  bool IsInvalid(const MetricRule& rule, size_t index, const RawValue& value) const;

  const CheckPlan& plan_;
  const MetricLayout& layout_;
  std::vector<size_t> counted_;  // the metrics that look at each record
  std::vector<KeyExtractor> extractors_;
  std::vector<std::unique_ptr<PatternMatcher>> patterns_;  // parallel to plan_.metrics
  std::vector<FilterEvaluator> filters_;                   // parallel to layout_.filters
  std::vector<char> taken_;                                // by each filter: this record
  UnitMetrics* metrics_ = nullptr;
};

}  // namespace lakegate
