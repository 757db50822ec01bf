#include "quality/gate.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "core/exact_share.h"
#include "quality/threshold_check.h"

namespace lakegate {
namespace {

std::string ShortNumber(double value) {
  char text[64];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  (void)error;
  return std::string(text, end);
}

// `rounded`: a percentage that is compared as it is, instead of exactly.
bool Holds(const Threshold& threshold, int64_t count, int64_t base, MetricUnit unit,
           std::optional<double> rounded) {
  return Holds(threshold, [&](double bound) {
    if (rounded) return *rounded < bound ? -1 : *rounded > bound ? 1 : 0;
    return unit == MetricUnit::kPercent ? ComparePercent(count, base, bound)
                                        : CompareCount(count, bound);
  });
}

// What the rule looks at. Broken records are delivered data, too: without a filter they count.
int64_t RowsOf(const MetricRule& rule, size_t index, const PartitionTotals& totals) {
  const bool counted = rule.filter || rule.repeated || rule.readable_rows;
  return counted ? totals.metrics[index].rows : totals.records;
}

int64_t CountOf(const MetricRule& rule, size_t index, const MetricLayout& layout,
                const PartitionTotals& totals) {
  switch (rule.kind) {
    case MetricKind::kRowCount:
      return RowsOf(rule, index, totals);
    case MetricKind::kNullValues:
      return totals.metrics[index].nulls;
    case MetricKind::kMissingValues:
      return totals.metrics[index].missing;
    case MetricKind::kInvalidValues:
      return totals.metrics[index].invalid;
    case MetricKind::kDuplicateValues: {
      const KeyCounts& keys = totals.keys[static_cast<size_t>(layout.key_of_metric[index])];
      switch (rule.duplicates) {
        case DuplicateCount::kExtraCopies:
          return keys.extra_copies();
        case DuplicateCount::kRepeatedKeys:
          return keys.repeated;
        case DuplicateCount::kRowsInGroups:
          return keys.rows_in_groups;
      }
    }
  }
  return 0;
}

int64_t NonNullKeys(const MetricRule& rule, size_t index, const KeyCounts& keys,
                    const PartitionTotals& totals) {
  return keys.keys - (rule.nulls_equal ? totals.metrics[index].nulls : 0);
}

int64_t BaseOf(const MetricRule& rule, size_t index, const MetricLayout& layout,
               const PartitionTotals& totals) {
  const int64_t rows = RowsOf(rule, index, totals);
  if (rule.base == PercentBase::kAll || rule.kind == MetricKind::kRowCount) return rows;
  if (rule.kind == MetricKind::kDuplicateValues) {
    const KeyCounts& keys = totals.keys[static_cast<size_t>(layout.key_of_metric[index])];
    return rule.base == PercentBase::kKeyed ? keys.keys : NonNullKeys(rule, index, keys, totals);
  }
  const MetricCounts& counts = totals.metrics[index];
  const int64_t non_null = rows - counts.nulls;
  return rule.base == PercentBase::kNonNull ? non_null : non_null - counts.invalid;
}

// The percentage as the tool rounds it that is followed.
double RoundedPercent(const MetricRule& rule, double percent) {
  if (!rule.percent_digits) return percent;
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", *rule.percent_digits, percent);
  return std::strtod(text, nullptr);
}

// A violated rule: what its action and budget make of it.
Verdict Judge(Action action, const Budget& budget, int64_t violations, int64_t records) {
  if (violations == 0) return Verdict::kPassed;
  const bool has_budget = budget.percent || budget.rows;
  if (has_budget) {
    return Exceeds(budget, violations, records) ? Verdict::kFailed : Verdict::kWarned;
  }
  return action == Action::kFail ? Verdict::kFailed : Verdict::kWarned;
}

RuleResult MetricResult(const CheckPlan& plan, size_t index, const MetricLayout& layout,
                        const PartitionTotals& totals) {
  const MetricRule& metric = plan.metrics[index];
  const RuleInfo& info = plan.rules[static_cast<size_t>(metric.rule)];
  RuleResult result;
  result.id = info.id;
  result.rule = metric.rule;
  result.metric = metric;
  result.violations = CountOf(metric, index, layout, totals);
  result.base = BaseOf(metric, index, layout, totals);
  if (metric.kind == MetricKind::kDuplicateValues) {
    result.keys = totals.keys[static_cast<size_t>(layout.key_of_metric[index])];
    result.non_null_keys = NonNullKeys(metric, index, *result.keys, totals);
  }
  result.rows = RowsOf(metric, index, totals);
  result.value = static_cast<double>(result.violations);
  const MetricUnit unit = metric.percent_is_count ? MetricUnit::kRows : metric.unit;
  std::optional<double> rounded;
  if (unit == MetricUnit::kPercent) {
    // Some of nothing is not nothing: 3 invalid of 0 valid values must not pass as 0 %.
    result.value = 100.0 * result.value / static_cast<double>(std::max<int64_t>(result.base, 1));
    result.value = RoundedPercent(metric, result.value);
    if (metric.percent_digits) rounded = result.value;
  }
  bool holds = !metric.fails_when_empty || result.rows > 0;
  for (const Threshold& threshold : metric.thresholds) {
    holds = holds && Holds(threshold, result.violations, result.base, unit, rounded);
    result.threshold += (result.threshold.empty() ? "" : " and ") + Describe(threshold, unit);
  }
  if (!holds) {
    result.verdict = info.action == Action::kWarn ? Verdict::kWarned : Verdict::kFailed;
  }
  return result;
}

// Without a measurement the rule was not looked at: that is an error, never green.
RuleResult QueryResult(const CheckPlan& plan, const QueryRule& query, const Measurement* measured) {
  const RuleInfo& info = plan.rules[static_cast<size_t>(query.rule)];
  RuleResult result;
  result.id = info.id;
  result.rule = query.rule;
  for (const Threshold& threshold : query.thresholds) {
    result.threshold += (result.threshold.empty() ? "" : " and ") + Describe(threshold, query.unit);
  }
  Measurement found;
  found.state = MeasurementState::kError;
  found.detail = "it was not measured";
  if (measured) found = *measured;
  result.violations = found.violations;
  result.base = found.base;
  if (found.state == MeasurementState::kMeasured) {
    result.value = query.unit == MetricUnit::kPercent
                       ? 100.0 * static_cast<double>(found.violations) /
                             static_cast<double>(std::max<int64_t>(found.base, 1))
                       : std::strtod(found.value.c_str(), nullptr);
  }
  const Verdict violated = info.action == Action::kWarn ? Verdict::kWarned : Verdict::kFailed;
  switch (found.state) {
    case MeasurementState::kMeasured:
      result.verdict = Satisfies(query, found) ? Verdict::kPassed : violated;
      break;
    case MeasurementState::kNull:
      result.verdict = violated;
      break;
    case MeasurementState::kSkipped:
      result.verdict = Verdict::kSkipped;
      result.why_skipped = std::move(found.detail);
      break;
    case MeasurementState::kError:
      result.verdict = Verdict::kError;
      break;
  }
  result.query = query;
  result.measured = std::move(found);
  return result;
}

std::vector<RuleResult> RecordRuleResults(const CheckPlan& plan, const PartitionTotals& totals) {
  std::vector<RuleResult> results;
  for (size_t i = 0; i < plan.rules.size(); ++i) {
    const RuleInfo& info = plan.rules[i];
    RuleResult result;
    result.id = info.id;
    result.rule = static_cast<int>(i);
    if (info.enforcement != Enforcement::kEnforced) {
      result.verdict = Verdict::kSkipped;
    } else if (info.scope == RuleScope::kRecord) {
      result.violations = totals.rule_violations[i];
      result.value = static_cast<double>(result.violations);
      result.base = totals.records;
      result.verdict = Judge(info.action, info.budget, result.violations, totals.records);
    }
    results.push_back(std::move(result));
  }
  return results;
}

void AddStructureResults(const CheckPlan& plan, const PartitionTotals& totals,
                         std::vector<RuleResult>* results) {
  for (size_t i = 0; i < totals.structure_violations.size(); ++i) {
    if (totals.structure_violations[i] == 0) continue;
    RuleResult result;
    result.id = Name(static_cast<ReasonCode>(i));
    result.violations = totals.structure_violations[i];
    result.value = static_cast<double>(result.violations);
    result.base = totals.records;
    result.verdict = Judge(plan.default_action, Budget{}, result.violations, totals.records);
    results->push_back(std::move(result));
  }
}

void AddQuarantineBudget(const CheckPlan& plan, const PartitionTotals& totals,
                         std::vector<RuleResult>* results) {
  const Budget& budget = plan.default_budget;
  if (!budget.percent && !budget.rows) return;
  RuleResult result;
  result.id = "quarantine_budget";
  result.violations = totals.quarantined();
  result.base = totals.records;
  result.value = static_cast<double>(result.violations);
  if (budget.rows) result.threshold = "<= " + std::to_string(*budget.rows) + " rows";
  if (budget.percent) {
    result.threshold += result.threshold.empty() ? "" : " and ";
    result.threshold += "<= " + ShortNumber(*budget.percent) + " %";
  }
  if (Exceeds(budget, result.violations, totals.records)) result.verdict = Verdict::kFailed;
  results->push_back(std::move(result));
}

}  // namespace

std::string Describe(const Threshold& threshold, MetricUnit unit) {
  const std::string suffix = unit == MetricUnit::kPercent ? " %" : "";
  const std::string low = ShortNumber(threshold.low) + suffix;
  const std::string between = "between " + ShortNumber(threshold.low) + " and " +
                              ShortNumber(threshold.high) + suffix +
                              (threshold.bounds_exclusive ? ", both excluded" : "");
  std::string any;
  for (const double value : threshold.any_of) {
    any += (any.empty() ? "one of " : ", ") + ShortNumber(value);
  }
  if (any.empty()) any = low;
  switch (threshold.op) {
    case Operator::kMustBe:
      return "= " + any;
    case Operator::kMustNotBe:
      return "not " + any;
    case Operator::kMustBeGreaterThan:
      return "> " + low;
    case Operator::kMustBeGreaterOrEqualTo:
      return ">= " + low;
    case Operator::kMustBeLessThan:
      return "< " + low;
    case Operator::kMustBeLessOrEqualTo:
      return "<= " + low;
    case Operator::kMustBeBetween:
      return between;
    case Operator::kMustNotBeBetween:
      return "not " + between;
  }
  return "?";
}

GateDecision EvaluateGate(const CheckPlan& plan, const MetricLayout& layout,
                          const PartitionTotals& totals, const std::vector<Measurement>& measured) {
  GateDecision decision;
  decision.results = RecordRuleResults(plan, totals);
  for (size_t i = 0; i < plan.metrics.size(); ++i) {
    decision.results[static_cast<size_t>(plan.metrics[i].rule)] =
        MetricResult(plan, i, layout, totals);
  }
  for (const SkippedRule& skipped : totals.skipped) {
    RuleResult& result = decision.results[static_cast<size_t>(skipped.rule)];
    result.verdict = Verdict::kSkipped;
    result.why_skipped = skipped.why;
  }
  for (size_t i = 0; i < plan.queries.size(); ++i) {
    decision.results[static_cast<size_t>(plan.queries[i].rule)] =
        QueryResult(plan, plan.queries[i], i < measured.size() ? &measured[i] : nullptr);
  }
  AddStructureResults(plan, totals, &decision.results);
  AddQuarantineBudget(plan, totals, &decision.results);
  for (const RuleResult& result : decision.results) {
    if (result.verdict == Verdict::kFailed || result.verdict == Verdict::kError) {
      decision.open = false;
    }
    decision.has_skipped = decision.has_skipped || !result.why_skipped.empty();
    decision.has_errors = decision.has_errors || result.verdict == Verdict::kError;
    const bool warned = result.verdict == Verdict::kWarned || !result.why_skipped.empty();
    if (warned && decision.verdict == Verdict::kPassed) {
      decision.verdict = Verdict::kWarned;
    }
  }
  if (!decision.open) decision.verdict = Verdict::kFailed;
  return decision;
}

}  // namespace lakegate
