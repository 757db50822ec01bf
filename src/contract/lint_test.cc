// Each rule of the lint (decision S18) on a small contract.
#include "contract/lint.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

std::string ProblemsOf(const std::string& text) {
  Diagnostics diagnostics;
  auto contract = LoadContract(text, "c.yaml", diagnostics);
  EXPECT_EQ(contract.has_value(), !diagnostics.has_errors());
  diagnostics.SortByPosition();
  std::string problems;
  for (const Diagnostic& d : diagnostics.all()) {
    if (!problems.empty()) problems += " ";
    if (d.severity != Severity::kError) problems += std::string(Name(d.severity)) + "/";
    problems += std::to_string(d.position.line) + ":" + d.id;
  }
  return problems;
}

std::string MessagesOf(const std::string& text) {
  Diagnostics diagnostics;
  auto contract = LoadContract(text, "c.yaml", diagnostics);
  EXPECT_EQ(contract.has_value(), !diagnostics.has_errors());
  std::string messages;
  for (const Diagnostic& d : diagnostics.all()) messages += ToString(d) + "\n";
  return messages;
}

std::string Root(const std::string& api_version) {
  return "{apiVersion: " + api_version +
         ", kind: DataContract, id: a, version: 1.0.0, status: active, ";
}

// A contract of one line with these properties.
std::string WithProperties(const std::string& properties, const std::string& version = "v3.1.0") {
  return Root(version) + "schema: [{name: t, properties: [" + properties + "]}]}";
}

std::string Properties(const std::string& properties, const std::string& version = "v3.1.0") {
  return ProblemsOf(WithProperties(properties, version));
}

std::string Options(const std::string& type, const std::string& options,
                    const std::string& version = "v3.1.0") {
  return Properties("{name: a, logicalType: " + type + ", logicalTypeOptions: {" + options + "}}",
                    version);
}

std::string Quality(const std::string& item, const std::string& version = "v3.1.0") {
  return Properties("{name: a, logicalType: string, quality: [{" + item + "}]}", version);
}

std::string ObjectQuality(const std::string& item, const std::string& version = "v3.1.0") {
  return ProblemsOf(Root(version) + "schema: [{name: t, properties: [{name: a}, {name: b}], " +
                    "quality: [{" + item + "}]}]}");
}

std::string Custom(const std::string& property, const std::string& value) {
  return "customProperties: [{property: " + property + ", value: " + value + "}]";
}

TEST(Lint, ChecksTheRoot) {
  const std::string rest = "kind: DataContract\nid: a\nstatus: x\nschema: [{name: t}]\n";
  EXPECT_EQ(ProblemsOf("apiVersion: v3.1.0\nversion: 1.0.0\n" + rest), "");
  EXPECT_EQ(ProblemsOf("apiVersion: v3.1.0\nversion: 1.0\n" + rest), "2:version-not-text");
  EXPECT_EQ(ProblemsOf("apiVersion: v3.1.0\nversion: 2025-01-01\n" + rest), "");
  EXPECT_EQ(ProblemsOf("apiVersion: 3.1.0\nversion: \"1\"\n" + rest), "1:api-version");
  EXPECT_EQ(ProblemsOf("apiVersion: v2.2.2\nversion: \"1\"\n" + rest), "1:api-version");
  EXPECT_EQ(ProblemsOf("apiVersion: v3.9.0\nversion: \"1\"\n" + rest), "1:api-version");
  EXPECT_EQ(ProblemsOf("version: \"1\"\n" + rest), "1:missing-key");
  EXPECT_EQ(ProblemsOf("apiVersion: v3.1.0\nversion: \"1\"\nx-foo: 1\n" + rest), "3:unknown-key");
  EXPECT_EQ(ProblemsOf("apiVersion: v3.1.0\nversion: \"1\"\ntags: a\n" + rest), "3:wrong-kind");
  EXPECT_EQ(ProblemsOf("apiVersion: v3.1.0\nversion: \"1\"\ncontext: a\n" + rest), "3:newer-key");
  EXPECT_EQ(ProblemsOf("apiVersion: v3.1.0\nversion: \"1\"\nkind: Data\nid: a\nstatus: x\n"),
            "warning/1:no-schema 3:unknown-value");
  EXPECT_EQ(ProblemsOf("[]"), "1:wrong-kind warning/1:no-schema");
}

TEST(Lint, SaysWhatToDoAboutVersions) {
  EXPECT_NE(MessagesOf("apiVersion: v2.2.2\n").find("convert the contract"), std::string::npos);
  EXPECT_NE(MessagesOf("apiVersion: 3.1.0\n").find("write apiVersion: v3.1.0"), std::string::npos);
  EXPECT_NE(MessagesOf("version: 1.0\n").find("write version: \"1.0\""), std::string::npos);
}

TEST(Lint, KnowsWhichVersionHasWhichKey) {
  EXPECT_EQ(Properties("{name: a, enum: [{value: x}]}", "v3.2.0"), "");
  EXPECT_EQ(Properties("{name: a, enum: [{value: x}]}", "v3.1.0"), "1:newer-key");
  EXPECT_EQ(Properties("{name: a, id: b}", "v3.0.2"), "1:newer-key");
  EXPECT_EQ(Properties("{name: a, relationships: [{to: t.b}]}", "v3.0.2"), "1:newer-key");
  EXPECT_EQ(Properties("{name: a, logicalType: timestamp}", "v3.0.2"), "1:newer-type");
  EXPECT_EQ(Properties("{name: a, logicalType: map}", "v3.1.0"), "1:newer-type");
  EXPECT_EQ(Properties("{name: a, logicalType: varchar}"), "1:unknown-value");
  EXPECT_EQ(ProblemsOf("{apiVersion: v3.2.0, kind: DataContract, id: a, version: a, schema: "
                       "[{name: t}]}"),
            "");
}

TEST(Lint, SuggestsTheKnownKey) {
  EXPECT_NE(MessagesOf(WithProperties("{name: a, requird: true}"))
                .find("unknown key 'requird' in the property 'a' (did you mean 'required'?)"),
            std::string::npos);
}

TEST(Lint, ChecksNamesAndKeys) {
  EXPECT_EQ(Properties("{name: a}, {name: a}"), "1:duplicate-property");
  EXPECT_EQ(Properties("{logicalType: string}"), "1:missing-key");
  EXPECT_EQ(Properties("{name: a, logicalType: object, properties: [{name: b}, {name: b}]}"),
            "1:duplicate-property");
  EXPECT_EQ(Properties("{name: a, primaryKey: true, primaryKeyPosition: 1}, "
                       "{name: b, primaryKey: true, primaryKeyPosition: 1}"),
            "1:key-position");
  EXPECT_EQ(Properties("{name: a, primaryKey: true, primaryKeyPosition: 2}"), "1:key-position");
  EXPECT_EQ(Properties("{name: a, primaryKeyPosition: 1}"), "1:position-without-key");
  EXPECT_EQ(Properties("{name: a, primaryKeyPosition: -1}"), "");
  EXPECT_EQ(Properties("{name: a, partitioned: true}, {name: b, partitioned: true, "
                       "partitionKeyPosition: 1}"),
            "warning/1:key-without-position");
  EXPECT_EQ(ProblemsOf(Root("v3.1.0") + "schema: [{name: t}, {name: t}]}"), "1:duplicate-object");
}

TEST(Lint, ChecksNesting) {
  EXPECT_EQ(Properties("{name: a, logicalType: array}"), "1:array-without-items");
  EXPECT_EQ(Properties("{name: a, logicalType: object}"), "warning/1:object-without-properties");
  EXPECT_EQ(Properties("{name: a, logicalType: string, items: {logicalType: string}}"),
            "1:misplaced-items");
  EXPECT_EQ(Properties("{name: a, logicalType: string, properties: []}"), "1:misplaced-properties");
  EXPECT_EQ(Properties("{name: a, logicalType: array, items: {logicalType: object, properties: "
                       "[{name: b}], logicalTypeOptions: {required: [c]}}}"),
            "1:unknown-property");
  EXPECT_EQ(Properties("{name: a, logicalType: map}", "v3.2.0"), "1:map-without-entries");
  EXPECT_EQ(Properties("{name: a, logicalType: map, map: {key: {logicalType: vector, "
                       "logicalTypeOptions: {dimensions: 1}}, value: {logicalType: string}}}",
                       "v3.2.0"),
            "1:map-key-type");
  EXPECT_EQ(Properties("{name: a, logicalType: string, map: {key: {}, value: {}}}", "v3.2.0"),
            "1:misplaced-map");
}

TEST(Lint, ChecksTextOptions) {
  EXPECT_EQ(Options("string", "minLength: 3, maxLength: 2"), "1:empty-range");
  EXPECT_EQ(Options("string", "minLength: -1"), "1:negative");
  EXPECT_EQ(Options("string", "minLength: 1.5"), "1:wrong-kind");
  EXPECT_EQ(Options("string", "pattern: '^a$'"), "");
  EXPECT_EQ(Options("string", "pattern: 'a'"), "hint/1:pattern-without-anchors");
  EXPECT_EQ(Options("string", "pattern: '(['"), "1:bad-pattern");
  EXPECT_EQ(Options("string", "maximum: 3"), "1:foreign-option");
  EXPECT_EQ(Options("string", "minLenght: 3"), "1:unknown-option");
  EXPECT_EQ(Options("string", "enum: [a]"), "1:unknown-option");
  EXPECT_EQ(Options("boolean", "minLength: 3"), "1:options-without-type");
  EXPECT_EQ(Properties("{name: a, logicalTypeOptions: {minLength: 3}}"), "1:options-without-type");
  EXPECT_EQ(Properties("{name: a, logicalTypeOptions: {}}"), "");
}

TEST(Lint, ExplainsPatternsThatNeedBacktracking) {
  const auto message = [](const std::string& pattern) {
    return MessagesOf(WithProperties(
        "{name: a, logicalType: string, logicalTypeOptions: {pattern: '" + pattern + "'}}"));
  };
  EXPECT_NE(message("^(?!x).*$").find("looks around"), std::string::npos);
  EXPECT_NE(message("^(a)\\1$").find("refers back"), std::string::npos);
}

TEST(Lint, ChecksNumberOptions) {
  EXPECT_EQ(Options("integer", "minimum: 3, maximum: 2"), "1:empty-range");
  EXPECT_EQ(Options("number", "exclusiveMinimum: 2, maximum: 2"), "1:empty-range");
  EXPECT_EQ(Options("number", "minimum: 2, maximum: 2.0"), "");
  EXPECT_EQ(Options("number", "minimum: '2'"), "1:wrong-kind");
  EXPECT_EQ(Options("number", "minimum: .nan"), "1:not-finite");
  EXPECT_EQ(Options("number", "multipleOf: 0"), "1:multiple-of");
  EXPECT_EQ(Options("integer", "format: f64"), "1:unknown-format");
  EXPECT_EQ(Options("number", "format: i32"), "1:unknown-format");
  EXPECT_EQ(Options("integer", "format: u64"), "");
}

TEST(Lint, KnowsBothMeaningsOfExclusive) {
  EXPECT_EQ(Options("number", "minimum: 1, exclusiveMinimum: true", "v3.0.2"), "");
  EXPECT_EQ(Options("number", "exclusiveMinimum: true", "v3.0.2"), "1:exclusive-bound");
  EXPECT_EQ(Options("number", "exclusiveMinimum: 1", "v3.0.2"), "1:exclusive-bound");
  EXPECT_EQ(Options("number", "exclusiveMinimum: 1", "v3.1.0"), "");
  EXPECT_EQ(Options("number", "minimum: 1, exclusiveMinimum: true", "v3.1.0"), "1:exclusive-bound");
}

TEST(Lint, ChecksDateOptions) {
  EXPECT_EQ(Options("date", "format: dd.MM.yyyy, minimum: '01.02.2020'"), "");
  EXPECT_EQ(Options("date", "format: YYYY-MM-dd"), "1:bad-date-pattern");
  EXPECT_EQ(Options("date", "format: HH:mm"), "1:bad-date-pattern");
  EXPECT_EQ(Options("time", "format: yyyy-MM-dd"), "1:bad-date-pattern");
  EXPECT_EQ(Options("date", "timezone: true"), "1:foreign-option");
  EXPECT_EQ(Options("date", "minimum: 2020"), "1:wrong-kind");
  EXPECT_EQ(Properties("{name: a, logicalType: string, " +
                       Custom("lakegate.sourceFormat", "unix-millis") + "}"),
            "1:source-format");
}

TEST(Lint, ChecksOperators) {
  EXPECT_EQ(Quality("metric: nullValues, mustBe: 0"), "");
  EXPECT_EQ(Quality("metric: nullValues"), "1:no-operator");
  EXPECT_EQ(Quality("metric: nullValues, mustBe: 0, mustBeLessThan: 2"), "1:several-operators");
  EXPECT_EQ(Quality("rule: duplicateCount, mustBeGreaterThan: 0, mustBeLessThan: 2", "v3.0.2"), "");
  EXPECT_EQ(Quality("metric: nullValues, mustBeBetween: [10, 1]"), "1:between-operands");
  EXPECT_EQ(Quality("metric: nullValues, mustBeBetween: [1, 1]"), "1:between-operands");
  EXPECT_EQ(Quality("metric: nullValues, mustBeBetween: [1, 2, 3]"), "1:between-operands");
  EXPECT_EQ(Quality("metric: nullValues, mustBeLessThan: '3'"), "1:operand-not-number");
  EXPECT_EQ(Quality("metric: nullValues, mustBe: '3'"), "1:operand-not-number");
  EXPECT_EQ(Quality("metric: nullValues, mustBe: [1]"), "warning/1:list-of-one");
  EXPECT_EQ(Quality("type: text, mustBe: 1"), "1:misplaced-operator");
  EXPECT_EQ(Quality("type: custom, engine: x, implementation: y, mustBe: 1"),
            "1:misplaced-operator");
  EXPECT_EQ(Quality("type: sql, query: select 1"), "1:no-operator");
  EXPECT_EQ(Quality("type: sql, mustBe: 1"), "1:missing-key");
}

TEST(Lint, ChecksMetrics) {
  EXPECT_EQ(Quality("description: nice"), "warning/1:promises-nothing");
  EXPECT_EQ(Quality("type: library, mustBe: 1"), "1:missing-key");
  EXPECT_EQ(Quality("metric: freshness, mustBe: 1"), "1:unknown-value");
  EXPECT_EQ(Quality("rule: nullValues, mustBe: 1"), "1:old-rule");
  EXPECT_EQ(Quality("metric: nullValues, mustBe: 1", "v3.0.2"), "1:newer-key");
  EXPECT_EQ(Quality("metric: rowCount, mustBe: 1"), "1:metric-level");
  EXPECT_EQ(ObjectQuality("metric: nullValues, mustBe: 1"), "1:metric-level");
  EXPECT_EQ(ObjectQuality("metric: duplicateValues, mustBe: 1"), "1:missing-argument");
  EXPECT_EQ(ObjectQuality("metric: duplicateValues, arguments: {properties: [a, c]}, mustBe: 1"),
            "1:unknown-property");
  EXPECT_EQ(ObjectQuality("metric: rowCount, unit: percent, mustBe: 1"), "1:unit-of-count");
  EXPECT_EQ(Quality("metric: nullValues, unit: furlong, mustBe: 1"), "1:unknown-unit");
  EXPECT_EQ(Quality("type: sql, query: select 1, unit: percent, mustBe: 1"), "1:unit-of-sql");
  EXPECT_EQ(Quality("metric: nullValues, severity: dire, mustBe: 1"), "1:unknown-severity");
  EXPECT_EQ(Quality("metric: nullValues, dimension: cp, mustBe: 1"), "1:unknown-value");
}

TEST(Lint, WantsUniqueIdsButNotUniqueNames) {
  const auto twice = [](const std::string& key) {
    const std::string item = "{" + key + ": x, metric: nullValues, mustBe: 0}";
    return Properties("{name: a, quality: [" + item + "]}, {name: b, quality: [" + item + "]}");
  };
  EXPECT_EQ(twice("id"), "1:duplicate-rule-id");
  EXPECT_EQ(twice("name"), "");
}

TEST(Lint, ChecksArguments) {
  EXPECT_EQ(Quality("metric: invalidValues, arguments: {validValues: [a, 1]}, mustBe: 0"), "");
  EXPECT_EQ(Quality("metric: invalidValues, mustBe: 0"), "1:missing-argument");
  EXPECT_EQ(Quality("metric: invalidValues, pattern: '^a$', mustBe: 0"),
            "1:missing-argument 1:loose-argument");
  EXPECT_EQ(Quality("metric: nullValues, arguments: {foo: 1}, mustBe: 0"), "1:unknown-argument");
  EXPECT_EQ(Quality("metric: nullValues, arguments: null, mustBe: 0"), "1:empty-value");
  EXPECT_EQ(Quality("metric: missingValues, arguments: {missingValues: [null, '', N/A]}, "
                    "mustBe: 0"),
            "");
  EXPECT_EQ(Quality("metric: invalidValues, arguments: {pattern: '('}, mustBe: 0"),
            "1:bad-pattern");
  EXPECT_EQ(Quality("metric: nullValues, musstBe: 0"), "1:no-operator 1:unknown-key");
}

TEST(Lint, ChecksOurSettings) {
  EXPECT_EQ(Properties("{name: a, " + Custom("lakegate.action", "fail") + "}"), "");
  EXPECT_EQ(Properties("{name: a, " + Custom("lakegate.action", "explode") + "}"),
            "1:unknown-value");
  EXPECT_EQ(Properties("{name: a, " + Custom("lakegate.acton", "fail") + "}"), "1:unknown-setting");
  EXPECT_EQ(Properties("{name: a, " + Custom("lakegate.nulls", "equal") + "}"),
            "1:misplaced-setting");
  EXPECT_EQ(Properties("{name: a, " + Custom("lakegate.budget", "{percent: 2}") + "}"), "");
  EXPECT_EQ(Properties("{name: a, " + Custom("lakegate.budget", "{procent: 2}") + "}"),
            "1:unknown-key");
  EXPECT_EQ(Properties("{name: a, " + Custom("lakegate.enum", "[]") + "}"), "1:wrong-kind");
  EXPECT_EQ(Properties("{name: a, " + Custom("other.thing", "{x: 1}") + "}"), "");
  EXPECT_EQ(Properties("{name: a, customProperties: {lakegate.action: fail}}"), "1:wrong-kind");
  EXPECT_EQ(Properties("{name: a, customProperties: [{property: x}]}"), "1:missing-key");
  EXPECT_EQ(Quality("metric: nullValues, mustBe: 0, " + Custom("lakegate.action", "quarantine")),
            "1:dataset-action");
  EXPECT_EQ(ProblemsOf(Root("v3.1.0") + "schema: [{name: t}], " +
                       Custom("lakegate.action", "fail") + "}"),
            "1:misplaced-setting");
  EXPECT_EQ(ProblemsOf(Root("v3.1.0") + "schema: [{name: t, " +
                       Custom("lakegate.additional", "reject") + "}]}"),
            "");
}

TEST(Lint, ChecksServiceLevels) {
  const auto sla = [](const std::string& item) {
    return ProblemsOf(Root("v3.1.0") + "schema: [{name: t}], slaProperties: [{" + item + "}]}");
  };
  EXPECT_EQ(sla("property: latency, value: 1, unit: d"), "");
  EXPECT_EQ(sla("property: latency"), "1:missing-key");
  EXPECT_EQ(sla("property: latency, value: [1]"), "1:wrong-kind");
  EXPECT_EQ(sla("property: latency, value: 1, foo: 1"), "1:unknown-key");
  EXPECT_EQ(sla("property: latency, value: 1, element: t"), "");
  EXPECT_EQ(sla("property: latency, value: 1, element: t.a"), "warning/1:unknown-element");
}

TEST(Lint, FindsElementsOfServiceLevels) {
  const auto element = [](const std::string& name, const std::string& more = "") {
    return ProblemsOf(Root("v3.1.0") + "schema: [{name: t, properties: [{name: a}, {name: o, " +
                      "logicalType: object, properties: [{name: b}]}]}" + more +
                      "], slaProperties: [{property: latency, value: 1, element: '" + name +
                      "'}]}");
  };
  EXPECT_EQ(element("t.a, o.b"), "");
  EXPECT_EQ(element("t.a, t.o.c"), "warning/1:unknown-element");
  EXPECT_EQ(element("a", ", {name: u}"), "warning/1:unknown-element");
}

TEST(Lint, ResolvesRelationships) {
  const auto linted = [](const std::string& of_property, const std::string& of_object) {
    return ProblemsOf(Root("v3.2.0") +
                      "schema: [{name: t, properties: [{name: a, logicalType: string, " +
                      of_property + "}], " + of_object +
                      "}, {name: u, id: uu, properties: [{name: b, id: bb, logicalType: string}, " +
                      "{name: n, logicalType: integer}, {name: o, id: oo, logicalType: object, " +
                      "properties: [{name: p, id: pp}]}]}]}");
  };
  const auto to = [&](const std::string& reference) {
    return linted("relationships: [{to: " + reference + "}]", "description: d");
  };
  EXPECT_EQ(to("u.b"), "");
  EXPECT_EQ(to("u.o.p"), "");
  EXPECT_EQ(to("/schema/uu/properties/oo/properties/pp"), "");
  EXPECT_EQ(to("v.yaml#/schema/v/properties/b"), "");
  EXPECT_EQ(to("u.n"), "hint/1:relationship-types");
  EXPECT_EQ(to("u.c"), "1:dangling-relationship");
  EXPECT_EQ(to("schema/u/properties/b"), "1:dangling-relationship");
  EXPECT_EQ(to("nowhere"), "1:wrong-form");
  EXPECT_EQ(to("[u.b, u.n]"), "1:relationship-lengths");
  const auto object = [&](const std::string& item) {
    return linted("required: true", "relationships: [{" + item + "}]");
  };
  EXPECT_EQ(object("from: [t.a], to: [u.b]"), "");
  EXPECT_EQ(object("from: t.z, to: u.b"), "1:dangling-relationship");
  EXPECT_EQ(object("from: [t.a], to: [u.b, u.n]"), "1:relationship-lengths");
  EXPECT_EQ(object("from: t.a, to: [u.b]"), "1:no-form-fits");
  EXPECT_EQ(object("to: u.b"), "1:missing-key");
}

}  // namespace
}  // namespace lakegate
