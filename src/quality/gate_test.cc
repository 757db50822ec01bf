// Thresholds at and just above their limits, budgets, verdicts.
#include "quality/gate.h"

#include <gtest/gtest.h>

#include "tests/support/made_plan.h"

namespace lakegate {
namespace {

class GateTest : public testing::Test {
 protected:
  GateTest() {
    made_.Add("a");
    rule_ = made_.Rule("metric", ReasonCode::kUnique, Action::kFail);
    made_.plan().rules.back().scope = RuleScope::kDataset;
    MetricRule metric;
    metric.rule = rule_;
    metric.kind = MetricKind::kInvalidValues;
    metric.fields = {{0}};
    made_.plan().metrics.push_back(metric);
  }

  // Whether `count` of `records` satisfies the threshold.
  bool Holds(Threshold threshold, MetricUnit unit, int64_t count, int64_t records) {
    MetricRule& metric = made_.plan().metrics[0];
    metric.unit = unit;
    metric.thresholds = {threshold};
    totals_ = Totals(records);
    totals_.metrics[0].invalid = count;
    const GateDecision decision = Decide();
    const Verdict verdict = decision.results[static_cast<size_t>(rule_)].verdict;
    EXPECT_EQ(decision.open, verdict == Verdict::kPassed);
    return verdict == Verdict::kPassed;
  }

  PartitionTotals Totals(int64_t records) {
    PartitionTotals totals;
    totals.records = totals.accepted = records;
    totals.rule_violations.resize(made_.plan().rules.size());
    totals.structure_violations.resize(AllReasons().size());
    totals.metrics.resize(made_.plan().metrics.size());
    return totals;
  }
  GateDecision Decide() { return EvaluateGate(made_.plan(), MetricLayout(made_.plan()), totals_); }
  Verdict VerdictOf(const std::string& id) {
    for (const RuleResult& result : Decide().results) {
      if (result.id == id) return result.verdict;
    }
    ADD_FAILURE() << "no result " << id;
    return Verdict::kError;
  }

  MadePlan made_;
  PartitionTotals totals_;
  int rule_ = -1;
};

Threshold Limit(Operator op, double low, double high = 0) {
  Threshold threshold;
  threshold.op = op;
  threshold.low = low;
  threshold.high = high;
  return threshold;
}

TEST_F(GateTest, EveryOperatorAroundItsLimit) {
  struct Case {
    Operator op;
    bool below, at, above;
  };
  for (const auto& [op, below, at, above] :
       {Case{Operator::kMustBe, false, true, false}, Case{Operator::kMustNotBe, true, false, true},
        Case{Operator::kMustBeGreaterThan, false, false, true},
        Case{Operator::kMustBeGreaterOrEqualTo, false, true, true},
        Case{Operator::kMustBeLessThan, true, false, false},
        Case{Operator::kMustBeLessOrEqualTo, true, true, false}}) {
    EXPECT_EQ(Holds(Limit(op, 5), MetricUnit::kRows, 4, 100), below) << Name(op);
    EXPECT_EQ(Holds(Limit(op, 5), MetricUnit::kRows, 5, 100), at) << Name(op);
    EXPECT_EQ(Holds(Limit(op, 5), MetricUnit::kRows, 6, 100), above) << Name(op);
    for (const auto& [percent, records, exact] :
         {std::tuple{0.29, 10'000, 29}, {0.07, 10'000, 7}, {2.0, 1050, 21}, {14.6, 1000, 146}}) {
      EXPECT_EQ(Holds(Limit(op, percent), MetricUnit::kPercent, exact - 1, records), below);
      EXPECT_EQ(Holds(Limit(op, percent), MetricUnit::kPercent, exact, records), at) << percent;
      EXPECT_EQ(Holds(Limit(op, percent), MetricUnit::kPercent, exact + 1, records), above);
    }
  }
  EXPECT_TRUE(Holds(Limit(Operator::kMustBeLessOrEqualTo, 2), MetricUnit::kPercent, 20, 1010));
  EXPECT_FALSE(Holds(Limit(Operator::kMustBeLessOrEqualTo, 2), MetricUnit::kPercent, 21, 1010));
}

TEST_F(GateTest, BetweenAndLists) {
  Threshold between = Limit(Operator::kMustBeBetween, 2, 4);
  Threshold outside = Limit(Operator::kMustNotBeBetween, 2, 4);
  for (int64_t count = 0; count < 7; ++count) {
    const bool inside = count >= 2 && count <= 4;
    EXPECT_EQ(Holds(between, MetricUnit::kRows, count, 10), inside);
    EXPECT_EQ(Holds(outside, MetricUnit::kRows, count, 10), !inside);
    between.bounds_exclusive = true;
    EXPECT_EQ(Holds(between, MetricUnit::kRows, count, 10), count == 3);
    between.bounds_exclusive = false;
    Threshold any = Limit(Operator::kMustBe, 0);
    any.any_of = {1, 5};
    EXPECT_EQ(Holds(any, MetricUnit::kRows, count, 10), count == 1 || count == 5);
  }
}

TEST_F(GateTest, EmptyInputAndEmptyBases) {
  const Threshold none = Limit(Operator::kMustBe, 0);
  EXPECT_TRUE(Holds(none, MetricUnit::kPercent, 0, 0));
  made_.plan().metrics[0].base = PercentBase::kValid;
  EXPECT_FALSE(Holds(Limit(Operator::kMustBeLessThan, 5), MetricUnit::kPercent, 3, 3))
      << "3 invalid of 0 valid values are not 0 %";
  made_.plan().metrics[0].base = PercentBase::kNonNull;
  EXPECT_TRUE(Holds(Limit(Operator::kMustBe, 50), MetricUnit::kPercent, 2, 4));
}

TEST_F(GateTest, AllThresholdsMustHold) {
  MetricRule& metric = made_.plan().metrics[0];
  metric.kind = MetricKind::kRowCount;
  metric.thresholds = {Limit(Operator::kMustBeGreaterThan, 5), Limit(Operator::kMustBeLessThan, 9)};
  totals_ = Totals(9);
  EXPECT_EQ(VerdictOf("metric"), Verdict::kFailed);
  totals_ = Totals(8);
  EXPECT_EQ(VerdictOf("metric"), Verdict::kPassed);
  made_.plan().rules[static_cast<size_t>(rule_)].action = Action::kWarn;
  totals_ = Totals(5);
  EXPECT_EQ(VerdictOf("metric"), Verdict::kWarned);
  EXPECT_TRUE(Decide().open);
  EXPECT_EQ(Decide().verdict, Verdict::kWarned);
}

TEST_F(GateTest, ActionsAndBudgetsOfRecordRules) {
  made_.plan().metrics.clear();
  made_.plan().rules.pop_back();
  const auto judge = [&](Action action, Budget budget, int64_t violations) {
    RuleInfo& rule = made_.plan().rules[0];
    rule.action = action;
    rule.budget = budget;
    totals_ = Totals(10'000);
    totals_.rule_violations[0] = violations;
    return VerdictOf("a.logicalType");
  };
  EXPECT_EQ(judge(Action::kQuarantine, {}, 0), Verdict::kPassed);
  EXPECT_EQ(judge(Action::kQuarantine, {}, 10'000), Verdict::kWarned);
  EXPECT_EQ(judge(Action::kFail, {}, 1), Verdict::kFailed);
  EXPECT_EQ(judge(Action::kQuarantine, {0.29, {}}, 29), Verdict::kWarned);
  EXPECT_EQ(judge(Action::kQuarantine, {0.29, {}}, 30), Verdict::kFailed);
  EXPECT_EQ(judge(Action::kWarn, {{}, 3}, 3), Verdict::kWarned);
  EXPECT_EQ(judge(Action::kWarn, {{}, 3}, 4), Verdict::kFailed);
  EXPECT_EQ(judge(Action::kFail, {{}, 3}, 3), Verdict::kWarned);
}

TEST_F(GateTest, StructureQuarantineBudgetAndSkippedRules) {
  made_.plan().metrics.clear();
  made_.plan().rules.back().enforcement = Enforcement::kNotEnforceable;
  made_.plan().default_budget = {2.0, 100};
  totals_ = Totals(1010);
  totals_.accepted = 1010 - 20;
  totals_.structure_violations[static_cast<size_t>(ReasonCode::kJsonSyntax)] = 20;
  EXPECT_EQ(VerdictOf("json-syntax"), Verdict::kWarned);
  EXPECT_EQ(VerdictOf("quarantine_budget"), Verdict::kPassed);
  EXPECT_EQ(VerdictOf("metric"), Verdict::kSkipped);
  EXPECT_TRUE(Decide().open);
  EXPECT_EQ(Decide().results.back().threshold, "<= 100 rows and <= 2 %");
  totals_.accepted = 1010 - 21;
  EXPECT_EQ(VerdictOf("quarantine_budget"), Verdict::kFailed);
  EXPECT_FALSE(Decide().open);
}

TEST(DescribeThreshold, Words) {
  EXPECT_EQ(Describe(Limit(Operator::kMustBeLessOrEqualTo, 2), MetricUnit::kPercent), "<= 2 %");
  EXPECT_EQ(Describe(Limit(Operator::kMustBeGreaterThan, 0.07), MetricUnit::kRows), "> 0.07");
  EXPECT_EQ(Describe(Limit(Operator::kMustNotBeBetween, 1, 10), MetricUnit::kRows),
            "not between 1 and 10");
}

}  // namespace
}  // namespace lakegate
