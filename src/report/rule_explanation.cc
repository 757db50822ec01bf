#include "report/rule_explanation.h"

#include <algorithm>
#include <iterator>

namespace lakegate {
namespace {

// The decision behind a rule, and what others do; either may be empty.
struct Meaning {
  const char* decision = "";
  const char* elsewhere = "";
};

struct RecordMeaning {
  ReasonCode code;
  Meaning meaning;
};

constexpr RecordMeaning kRecordMeanings[] = {
    {ReasonCode::kTypeError,
     {"a value that does not parse sets its record aside; it never becomes null or is rounded",
      "DuckDB, Spark and pandas readers turn it into null or text unless told otherwise"}},
    {ReasonCode::kRequired,
     {"absent and null violate it, the empty text does not: minLength: 1 refuses that",
      "JSON Schema's required asks for the key only; dbt's not_null asks for the value, as here"}},
    {ReasonCode::kEnum, {"S12: null is skipped, it is the business of required", ""}},
    {ReasonCode::kPattern,
     {"S10: the pattern is searched for, not anchored (ECMA); S12: null is skipped",
      "DQDL and Frictionless anchor it: write ^...$ to mean the same everywhere"}},
    {ReasonCode::kMinLength,
     {"S12: length counts code points; null is skipped", "tools that count bytes see more"}},
    {ReasonCode::kMaxLength,
     {"S12: length counts code points; null is skipped", "tools that count bytes see more"}},
    {ReasonCode::kMultipleOf,
     {"exact for integers and decimals; doubles within 10^-12 of a multiple are fine", ""}},
    {ReasonCode::kUnique,
     {"S15: the second and later copies in input order are the violators, the reason cites the "
      "first; null is no key",
      "Frictionless: the same; Great Expectations: every row of a repeated group; Deequ's "
      "Uniqueness: the share of keys that occur once"}},
    {ReasonCode::kForeignKey,
     {"decision 0010: a key with null in it refers to nothing; without the other table the rule "
      "is skipped, never green",
      "dbt's relationships: the same, but on the published table"}},
    {ReasonCode::kAdditionalField,
     {"only with lakegate.additional: reject; else unknown fields are counted and shown", ""}},
};

struct MetricMeaning {
  MetricKind kind;
  Meaning meaning;
};

constexpr MetricMeaning kMetricMeanings[] = {
    {MetricKind::kRowCount,
     {"all records read count, also those that are set aside (decision 0003)",
      "tools that look at the published table count what is left"}},
    {MetricKind::kNullValues,
     {"S14: absent and null count, the empty text does not",
      "datacontract-cli: null of all rows; Soda: also listed texts and patterns; Deequ's "
      "Completeness: the share that is not null"}},
    {MetricKind::kMissingValues,
     {"S14: the listed tokens count; null only if it is listed",
      "datacontract-cli and Soda count null in any case"}},
    {MetricKind::kInvalidValues,
     {"S14: a value must satisfy both validValues and pattern; null is never invalid",
      "Great Expectations takes its shares of the values that are not null"}},
    {MetricKind::kDuplicateValues,
     {"S15: extra copies = rows with a key - distinct keys, exact; null is no key "
      "(lakegate.duplicates and lakegate.nulls change that)",
      "datacontract-cli and Soda v3: key values that occur more than once; Soda v4: rows - missing "
      "- distinct; Great Expectations and Deequ's DuplicateRowCount: all rows of repeated groups; "
      "see --compat"}},
};

Meaning MeaningOf(const CheckPlan& plan, size_t index) {
  for (const MetricRule& metric : plan.metrics) {
    if (metric.rule != static_cast<int>(index)) continue;
    const auto found = std::ranges::find(kMetricMeanings, metric.kind, &MetricMeaning::kind);
    if (found != std::end(kMetricMeanings)) return found->meaning;
  }
  const RuleInfo& rule = plan.rules[index];
  if (rule.scope != RuleScope::kRecord) return {};
  const auto found = std::ranges::find(kRecordMeanings, rule.code, &RecordMeaning::code);
  return found == std::end(kRecordMeanings) ? Meaning{} : found->meaning;
}

std::string BudgetWords(const RuleInfo& rule) {
  std::string text = Name(rule.action);
  if (rule.budget.percent) {
    text += "; more than " + std::to_string(*rule.budget.percent);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    text += " % of the records fail";
  }
  if (rule.budget.rows) {
    text += "; more than " + std::to_string(*rule.budget.rows) + " records fail";
  }
  return text;
}

std::string MetricLines(const MetricRule& metric) {
  std::string text = "  Measure:  " + std::string(Name(metric.kind)) + "\n";
  if (metric.unit == MetricUnit::kPercent) {
    const char* base = metric.base == PercentBase::kAll       ? "all records read (S13)"
                       : metric.base == PercentBase::kNonNull ? "records whose value is not null"
                                                              : "records whose value is valid";
    text += "  Percent:  of " + std::string(base) + "; lakegate.base changes it\n";
  }
  const bool between = std::ranges::any_of(metric.thresholds, [](const Threshold& threshold) {
    return threshold.op == Operator::kMustBeBetween || threshold.op == Operator::kMustNotBeBetween;
  });
  if (between) {
    text +=
        "  Bounds:   S11: both ends are included, unless lakegate.boundsExclusive; DQDL excludes "
        "them\n";
  }
  return text;
}

}  // namespace

std::string ExplainRule(const CheckPlan& plan, size_t index) {
  const RuleInfo& rule = plan.rules[index];
  std::string text =
      rule.id + "\n  Promise:  " + rule.promise + "\n  Written:  " + ToString(rule.position) + "\n";
  if (rule.enforcement != Enforcement::kEnforced) {
    const bool informational = rule.enforcement == Enforcement::kInformational;
    return text + (informational ? "  Informational: " : "  Not enforced: ") + rule.why_not + "\n";
  }
  text += "  Violated: " + BudgetWords(rule) + "\n";
  if (rule.scope == RuleScope::kRecord) {
    text +=
        "  Reason:   " + std::string(Name(rule.code)) + ": " + Describe(rule.code).summary + "\n";
  }
  for (const MetricRule& metric : plan.metrics) {
    if (metric.rule == static_cast<int>(index)) text += MetricLines(metric);
  }
  const Meaning meaning = MeaningOf(plan, index);
  if (*meaning.decision) text += "  Decision: " + std::string(meaning.decision) + "\n";
  if (*meaning.elsewhere) text += "  Others:   " + std::string(meaning.elsewhere) + "\n";
  return text;
}

}  // namespace lakegate
