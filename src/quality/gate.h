// The decision before publishing: every rule's verdict over the whole partition, then one answer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contract/check_plan.h"
#include "core/action.h"
#include "core/reason.h"
#include "quality/key_counter.h"
#include "quality/measurement.h"
#include "quality/metrics.h"

namespace lakegate {

// A rule that could not be evaluated this time, and why: never green.
struct SkippedRule {
  int rule = -1;
  std::string why;
};

// What was counted over all accepted files of a partition.
struct PartitionTotals {
  int64_t records = 0;
  int64_t accepted = 0;
  std::vector<int64_t> rule_violations;       // records per rule of the plan
  std::vector<int64_t> structure_violations;  // records per ReasonCode
  std::vector<MetricCounts> metrics;          // parallel to CheckPlan::metrics
  std::vector<KeyCounts> keys;                // parallel to MetricLayout::keys
  std::vector<SkippedRule> skipped;           // enforced, but not this time
  int64_t quarantined() const { return records - accepted; }
};

struct RuleResult {
  std::string id;
  int rule = -1;  // index into CheckPlan::rules; -1: structure or a built-in budget
  Verdict verdict = Verdict::kPassed;
  int64_t violations = 0;            // records; of metrics the count behind the value
  double value = 0;                  // metrics: in the rule's unit; else the violations
  int64_t base = 0;                  // what percentages are of
  std::optional<MetricRule> metric;  // of metrics: a copy, so that results outlive the plan
  std::string threshold;             // "<= 2 %", "> 0"; empty: none
  std::optional<KeyCounts> keys;     // duplicateValues
  int64_t non_null_keys = 0;         // rows whose key has no null in it
  std::string why_skipped;           // kSkipped although the rule is enforced otherwise
  std::optional<QueryRule> query;    // of rules that are measured by a query, with
  Measurement measured;              // what it gave
  int64_t rows = 0;                  // metrics: what was looked at
};

struct GateDecision {
  std::vector<RuleResult> results;  // in the plan's order, then structure, then budgets
  bool open = true;
  bool has_skipped = false;  // an enforced rule could not be looked at now
  bool has_errors = false;   // a rule could not be measured: closed, and worth another try
  Verdict verdict = Verdict::kPassed;  // warned: open, but something is to be seen
};

// `measured` is parallel to CheckPlan::queries; a rule without one closes the gate.
GateDecision EvaluateGate(const CheckPlan& plan, const MetricLayout& layout,
                          const PartitionTotals& totals,
                          const std::vector<Measurement>& measured = {});

// "<= 2 %", "between 1 and 10 rows".
std::string Describe(const Threshold& threshold, MetricUnit unit);

}  // namespace lakegate
