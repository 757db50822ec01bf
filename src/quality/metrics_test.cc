// Keys of records and the counts of the library metrics.
#include "quality/metrics.h"

#include <gtest/gtest.h>

#include "read/record_reader.h"
#include "tests/support/made_plan.h"
#include "tests/support/seen_records.h"

namespace lakegate {
namespace {

RawValue Value(RawKind kind, std::string_view text) {
  return {text.data(), static_cast<uint32_t>(text.size()), kind};
}

// Whether two values of one column are one key.
bool SameKey(const ValueType& type, const RawValue& a, const RawValue& b) {
  MadePlan made;
  made.Add("k", type);
  KeyExtractor extractor(made.plan(), {{{0}}, true});
  Hash128 first, second;
  EXPECT_TRUE(extractor.Extract({{&a, 1}, {}}, &first));
  EXPECT_TRUE(extractor.Extract({{&b, 1}, {}}, &second));
  return first == second;
}

bool SameNumber(const ValueType& type, std::string_view a, std::string_view b) {
  return SameKey(type, Value(RawKind::kNumber, a), Value(RawKind::kNumber, b));
}

bool SameCell(const ValueType& type, std::string_view a, std::string_view b) {
  return SameKey(type, Value(RawKind::kCell, a), Value(RawKind::kQuotedCell, b));
}

TEST(KeyExtractor, EqualAsTheColumnStoresThem) {
  ValueType decimal{TypeKind::kDecimal};
  decimal.precision = 10;
  decimal.scale = 2;
  EXPECT_TRUE(SameNumber(decimal, "1.0", "1.00"));
  EXPECT_TRUE(SameNumber(decimal, "100", "1e2"));
  EXPECT_FALSE(SameNumber(decimal, "1.0", "1.01"));
  EXPECT_TRUE(SameNumber({TypeKind::kInteger}, "1", "1.0"));
  EXPECT_TRUE(SameCell({TypeKind::kInteger}, "007", "+7"));
  EXPECT_TRUE(SameNumber({TypeKind::kDouble}, "0", "-0.0"));
  EXPECT_FALSE(SameNumber({TypeKind::kDouble}, "0.1", "0.10000000000000001e1"));
  ValueType narrow{TypeKind::kDouble};
  narrow.bits = 32;
  EXPECT_TRUE(SameNumber(narrow, "0.1", "0.10000000001"));
  EXPECT_TRUE(
      SameCell({TypeKind::kTimestamp}, "2025-01-31T12:00:00Z", "2025-01-31T13:00:00.000+01:00"));
  EXPECT_TRUE(SameCell({TypeKind::kBoolean}, "yes", "TRUE"));
  EXPECT_FALSE(SameCell({TypeKind::kBoolean}, "yes", "0"));
  EXPECT_FALSE(SameCell({TypeKind::kString}, "007", "7"));
  EXPECT_TRUE(SameCell({TypeKind::kString}, "x", "x"));
  EXPECT_FALSE(SameCell({TypeKind::kInteger}, "x", "y"));  // of the wrong type: by their text
  EXPECT_TRUE(SameKey({}, Value(RawKind::kNull, ""), RawValue{}));
}

TEST(KeyExtractor, SeveralColumnsDoNotRunIntoEachOther) {
  MadePlan made;
  made.Add("a");
  made.Add("b");
  KeyExtractor extractor(made.plan(), {{{0}, {1}}, false});
  const auto key = [&](std::string_view a, std::string_view b) {
    Hash128 hash;
    const RawValue values[] = {Value(RawKind::kString, a), Value(RawKind::kString, b)};
    EXPECT_TRUE(extractor.Extract({values, {}}, &hash));
    return hash;
  };
  EXPECT_EQ(key("x", "y"), key("x", "y"));
  EXPECT_FALSE(key("ab", "c") == key("a", "bc"));
  EXPECT_FALSE(key("", "a") == key("a", ""));
  Hash128 hash;
  const RawValue half[] = {Value(RawKind::kString, "x"), RawValue{}};
  EXPECT_FALSE(extractor.Extract({half, {}}, &hash));
}

class MetricsTest : public testing::Test {
 protected:
  MetricsTest() { made_.Add("a"); }
  MetricRule& Add(MetricKind kind) {
    MetricRule metric;
    metric.rule =
        made_.Rule("m" + std::to_string(made_.plan().metrics.size()), ReasonCode::kTypeError);
    metric.kind = kind;
    metric.fields = {{0}};
    made_.plan().metrics.push_back(metric);
    return made_.plan().metrics.back();
  }

  UnitMetrics Observe(const std::string& lines) {
    const MetricLayout layout(made_.plan());
    MetricObserver observer(made_.plan(), layout);
    UnitMetrics metrics;
    observer.Start(&metrics);
    RecordChecker checker(made_.plan(), {}, &observer);
    UnitResult result;
    checker.Start(&result);
    WindowBuffer window(100);
    TextSource source(lines);
    window.Start(&source, 0);
    EXPECT_TRUE(MakeNdjsonReader(made_.plan(), {})
                    ->ReadUnit(&window, static_cast<int64_t>(lines.size()), &checker)
                    .has_value());
    return metrics;
  }
  MadePlan made_;
};

TEST_F(MetricsTest, NullsMissingAndInvalid) {
  Add(MetricKind::kNullValues);
  Add(MetricKind::kMissingValues).values = {"", "N/A"};
  MetricRule& with_null = Add(MetricKind::kMissingValues);
  with_null.values = {"N/A"};
  with_null.count_null_as_missing = true;
  MetricRule& invalid = Add(MetricKind::kInvalidValues);
  invalid.has_values = true;
  invalid.values = {"a1", "b", "N/A"};
  invalid.pattern = "[0-9]";
  const UnitMetrics metrics = Observe(
      "{\"a\":\"a1\"}\n{\"a\":null}\n{}\nbroken\n{\"a\":\"\"}\n{\"a\":\"N/A\"}\n{\"a\":\"b\"}\n"
      "{\"a\":\"c3\"}\n");
  EXPECT_EQ(metrics.metrics[0].nulls, 2);
  EXPECT_EQ(metrics.metrics[1].missing, 2);
  EXPECT_EQ(metrics.metrics[2].missing, 3);
  EXPECT_EQ(metrics.metrics[3].invalid, 4);  // "" "N/A" "b" "c3": both conditions must hold
  EXPECT_EQ(metrics.metrics[3].nulls, 2);
}

TEST_F(MetricsTest, KeysOncePerSetOfColumns) {
  Add(MetricKind::kDuplicateValues);
  Add(MetricKind::kDuplicateValues);
  Add(MetricKind::kDuplicateValues).nulls_equal = true;
  made_.plan().unique_keys.push_back({0, {{0}}});
  const MetricLayout layout(made_.plan());
  EXPECT_EQ(layout.keys.size(), 2u);
  EXPECT_EQ(layout.key_of_metric, (std::vector<int>{0, 0, 1}));
  EXPECT_EQ(layout.key_of_unique, std::vector<int>{0});
  const UnitMetrics metrics = Observe("{\"a\":\"x\"}\nbroken\n{}\n{\"a\":\"x\"}\n{\"a\":5}\n");
  ASSERT_EQ(metrics.keys[0].size(), 3u);
  EXPECT_EQ(metrics.keys[0][1].record, 3u);  // unreadable records are counted, too
  EXPECT_EQ(metrics.keys[0][0].hash, metrics.keys[0][1].hash);
  EXPECT_EQ(metrics.keys[1].size(), 4u);
}

}  // namespace
}  // namespace lakegate
