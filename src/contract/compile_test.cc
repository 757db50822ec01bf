#include "contract/compile.h"

#include <gtest/gtest.h>

#include "contract/exact_decimal.h"

namespace lakegate {
namespace {

// A plan, or the ids of what is wrong.
struct Compiled {
  CheckPlan plan;
  std::string problems;

  const RuleInfo* Rule(const std::string& id) const {
    for (const RuleInfo& rule : plan.rules) {
      if (rule.id == id) return &rule;
    }
    return nullptr;
  }
  std::string WhyNot(const std::string& id) const {
    const RuleInfo* rule = Rule(id);
    if (rule == nullptr) return "no such rule";
    return rule->enforcement == Enforcement::kEnforced ? "enforced" : rule->why_not;
  }
};

Compiled CompileText(const std::string& object, const std::string& rest = "",
                     const CompileOptions& options = {}) {
  const std::string text =
      "{apiVersion: v3.2.0, kind: DataContract, id: a, version: 1.0.0, schema: [{name: t, " +
      object + "}]" + rest + "}";
  Diagnostics diagnostics;
  Compiled compiled;
  auto contract = LoadContract(text, "c.yaml", diagnostics);
  if (contract) {
    auto plan = Compile(*contract, options, diagnostics);
    if (plan) compiled.plan = *std::move(plan);
  }
  for (const Diagnostic& d : diagnostics.all()) {
    if (d.severity == Severity::kError) compiled.problems += d.id + ": " + d.message + "\n";
  }
  return compiled;
}

Compiled CompileProperties(const std::string& properties) {
  return CompileText("properties: [" + properties + "]");
}

Compiled CompileOne(const std::string& keys) {
  return CompileProperties("{name: a, " + keys + "}");
}

std::string TypeOf(const std::string& keys) {
  const Compiled compiled = CompileOne(keys);
  return compiled.problems.empty() ? Name(compiled.plan.fields[0].type) : compiled.problems;
}

// The bounds of a column in its units: ">=5 <100 never ...".
std::string Bounds(const std::string& type, const std::string& options) {
  const Compiled compiled = CompileOne(type + ", logicalTypeOptions: {" + options + "}");
  if (!compiled.problems.empty()) return compiled.problems;
  const FieldPlan& field = compiled.plan.fields[0];
  std::string text;
  for (const Constraint& c : field.constraints) {
    if (!text.empty()) text += " ";
    if (c.never) {
      text += "never";
      continue;
    }
    if (c.kind == ConstraintKind::kMinimum) text += c.exclusive ? ">" : ">=";
    if (c.kind == ConstraintKind::kMaximum) text += c.exclusive ? "<" : "<=";
    if (c.kind == ConstraintKind::kMultipleOf) text += "*";
    if (field.type.kind == TypeKind::kDecimal) {
      text += ToString(c.bound.decimal);
    } else if (field.type.kind == TypeKind::kDouble) {
      char buffer[32];
      std::snprintf(buffer, sizeof buffer, "%g", c.bound.real);
      text += buffer;
    } else {
      text += field.type.is_signed ? std::to_string(c.bound.integer)
                                   : std::to_string(static_cast<uint64_t>(c.bound.integer));
    }
  }
  return text;
}

TEST(Compile, ChoosesTypes) {
  EXPECT_EQ(TypeOf("logicalType: string"), "string");
  EXPECT_EQ(TypeOf("description: x"), "string");
  EXPECT_EQ(TypeOf("logicalType: integer"), "integer");
  EXPECT_EQ(TypeOf("logicalType: integer, logicalTypeOptions: {format: u8}"), "integer u8");
  EXPECT_EQ(TypeOf("logicalType: number"), "number");
  EXPECT_EQ(TypeOf("logicalType: number, logicalTypeOptions: {format: f32}"), "number f32");
  EXPECT_EQ(TypeOf("logicalType: number, physicalType: 'NUMERIC( 10 , 0 )'"), "decimal(10,0)");
  EXPECT_EQ(TypeOf("logicalType: number, physicalType: decimal(7)"), "decimal(7,0)");
  EXPECT_EQ(TypeOf("logicalType: number, physicalType: decimal"), "decimal(38,9)");
  EXPECT_EQ(TypeOf("logicalType: number, physicalType: double"), "number");
  EXPECT_EQ(TypeOf("physicalType: 'decimal(18,2)'"), "decimal(18,2)");
  EXPECT_EQ(TypeOf("physicalType: VARCHAR(20)"), "string");
  EXPECT_EQ(TypeOf("physicalType: BIGINT"), "integer");
  EXPECT_EQ(TypeOf("physicalType: timestamp(6)"), "timestamp");
  EXPECT_EQ(TypeOf("logicalType: array, items: {logicalType: date}"), "array");
  EXPECT_NE(TypeOf("logicalType: number, physicalType: 'decimal(39,2)'").find("decimal-range"),
            std::string::npos);
}

TEST(Compile, KeepsIntegerBoundsExact) {
  const std::string type = "logicalType: integer";
  EXPECT_EQ(Bounds(type, "minimum: 0, maximum: 100"), ">=0 <=100");
  EXPECT_EQ(Bounds(type, "exclusiveMinimum: 0"), ">0");
  EXPECT_EQ(Bounds(type, "minimum: 0.5, maximum: 9.5"), ">=1 <=9");
  EXPECT_EQ(Bounds(type, "exclusiveMinimum: 0.5, exclusiveMaximum: -0.5").find("empty-range"), 0u);
  EXPECT_EQ(Bounds(type, "exclusiveMinimum: 0.5"), ">=1");
  EXPECT_EQ(Bounds(type, "exclusiveMaximum: -0.5"), "<=-1");
  EXPECT_EQ(Bounds(type, "minimum: 9007199254740993"), ">=9007199254740993");
  EXPECT_EQ(Bounds(type, "minimum: -9223372036854775808"), "");
  EXPECT_EQ(Bounds(type, "minimum: 9223372036854775808"), "never");
  EXPECT_EQ(Bounds(type, "exclusiveMinimum: 9223372036854775807"), "never");
  EXPECT_EQ(Bounds(type, "maximum: 1e400"), "");
  EXPECT_EQ(Bounds(type, "maximum: -1e400"), "never");
  EXPECT_EQ(Bounds(type, "minimum: 0x10"), ">=16");
}

TEST(Compile, KnowsTheRangeOfSmallTypes) {
  const auto bounds = [](const char* format, const std::string& options) {
    return Bounds("logicalType: integer", std::string("format: ") + format + ", " + options);
  };
  EXPECT_EQ(bounds("u8", "minimum: 0, maximum: 255"), "");
  EXPECT_EQ(bounds("u8", "minimum: 256"), "never");
  EXPECT_EQ(bounds("i8", "exclusiveMaximum: -128"), "never");
  EXPECT_EQ(bounds("u64", "maximum: 18446744073709551614"), "<=18446744073709551614");
  EXPECT_EQ(bounds("u64", "exclusiveMinimum: 0"), ">0");
}

TEST(Compile, KeepsDecimalBoundsExact) {
  const std::string type = "logicalType: number, physicalType: 'decimal(12,2)'";
  EXPECT_EQ(Bounds(type, "minimum: 0"), ">=0");
  EXPECT_EQ(Bounds(type, "maximum: 0.1"), "<=10");
  EXPECT_EQ(Bounds(type, "exclusiveMaximum: 1.005"), "<=100");
  EXPECT_EQ(Bounds(type, "exclusiveMinimum: 1.005"), ">=101");
  EXPECT_EQ(Bounds(type, "minimum: -9999999999.99"), "");
  EXPECT_EQ(Bounds(type, "maximum: 9999999999.98"), "<=999999999998");
  EXPECT_EQ(Bounds(type, "minimum: 10000000000"), "never");
}

TEST(Compile, ReducesMultiples) {
  const std::string decimal = "logicalType: number, physicalType: 'decimal(12,2)'";
  EXPECT_EQ(Bounds(decimal, "multipleOf: 0.05"), "*5");
  EXPECT_EQ(Bounds(decimal, "multipleOf: 0.01"), "");
  EXPECT_EQ(Bounds(decimal, "multipleOf: 0.025"), "*5");
  EXPECT_EQ(Bounds(decimal, "multipleOf: 3"), "*300");
  EXPECT_EQ(Bounds("logicalType: integer", "multipleOf: 2.5"), "*5");
  EXPECT_EQ(Bounds("logicalType: integer", "multipleOf: 0.5"), "");
  EXPECT_EQ(Bounds("logicalType: integer", "multipleOf: 7"), "*7");
  EXPECT_EQ(Bounds("logicalType: number", "multipleOf: 0.1"), "*0.1");
}

TEST(Compile, ReadsDoubleAndTimeBounds) {
  EXPECT_EQ(Bounds("logicalType: number", "minimum: 0.1, exclusiveMaximum: 1e3"), ">=0.1 <1000");
  EXPECT_EQ(Bounds("logicalType: number", "minimum: 1e400"), "never");
  EXPECT_EQ(Bounds("logicalType: number", "maximum: 1e400"), "");
  EXPECT_EQ(Bounds("logicalType: date", "minimum: '1970-01-02'"), ">=1");
  EXPECT_EQ(Bounds("logicalType: date", "format: dd.MM.yyyy, maximum: '03.01.1970'"), "<=2");
  EXPECT_EQ(Bounds("logicalType: time", "exclusiveMaximum: '00:00:01'"), "<1000000");
  EXPECT_EQ(Bounds("logicalType: timestamp", "minimum: '1970-01-01T01:00:00+01:00'"), ">=0");
  EXPECT_EQ(
      Bounds("logicalType: timestamp", "defaultTimezone: '+01:00', minimum: '1970-01-01T01:00:01'"),
      ">=1000000");
  EXPECT_EQ(Bounds("logicalType: date", "minimum: soon").find("bad-bound"), 0u);
  EXPECT_EQ(Bounds("logicalType: date", "minimum: '2020-01-02', maximum: '2020-01-01'")
                .find("empty-range"),
            0u);
}

TEST(Compile, ReadsTemporalOptions) {
  const Compiled epoch = CompileOne(
      "logicalType: timestamp, customProperties: [{property: lakegate.sourceFormat, value: "
      "unix-millis}]");
  EXPECT_EQ(epoch.plan.fields[0].epoch, EpochUnit::kMillis);
  const Compiled zone =
      CompileOne("logicalType: timestamp, logicalTypeOptions: {defaultTimezone: Europe/Rome}");
  ASSERT_NE(zone.plan.fields.at(0).zone, nullptr);
  EXPECT_EQ(zone.plan.fields[0].zone->OffsetAt(0), 3600);
  const Compiled unknown =
      CompileOne("logicalType: timestamp, logicalTypeOptions: {defaultTimezone: Mars/Olympus}");
  EXPECT_EQ(unknown.problems.find("time-zone"), 0u) << unknown.problems;
  const Compiled fixed =
      CompileOne("logicalType: timestamp, logicalTypeOptions: {defaultTimezone: '-05:30'}");
  EXPECT_EQ(fixed.plan.fields[0].default_offset_s, -(5 * 3600 + 30 * 60));
  EXPECT_EQ(fixed.WhyNot("a.defaultTimezone"), "no such rule");
  const Compiled pattern =
      CompileOne("logicalType: date, logicalTypeOptions: {format: dd/MM/yyyy}");
  ASSERT_NE(pattern.plan.fields[0].temporal, nullptr);
  EXPECT_EQ(pattern.plan.fields[0].temporal->text(), "dd/MM/yyyy");
}

TEST(Compile, CompilesEnums) {
  const Compiled texts = CompileOne("logicalType: string, enum: [{value: x}, {value: 1}]");
  EXPECT_EQ(texts.plan.fields[0].constraints[0].values, (std::vector<std::string>{"x", "1"}));
  const Compiled numbers = CompileOne("logicalType: integer, enum: [{value: 1}, {value: 2.0}]");
  ASSERT_EQ(numbers.plan.fields[0].constraints[0].scalars.size(), 2u);
  EXPECT_EQ(numbers.plan.fields[0].constraints[0].scalars[1].integer, 2);
  const Compiled dates = CompileOne("logicalType: date, enum: [{value: 1970-01-02}]");
  EXPECT_EQ(dates.plan.fields[0].constraints[0].scalars[0].integer, 1);
  EXPECT_EQ(CompileOne("logicalType: integer, enum: [{value: x}]").problems.find("enum-value"), 0u);
  EXPECT_EQ(CompileOne("logicalType: boolean, enum: [{value: 1}]").problems.find("enum-value"), 0u);
}

TEST(Compile, CompilesKeys) {
  const Compiled keys = CompileProperties(
      "{name: a, primaryKey: true, primaryKeyPosition: 2}, "
      "{name: b, primaryKey: true, primaryKeyPosition: 1, required: true}, {name: c, unique: "
      "true}");
  ASSERT_EQ(keys.plan.unique_keys.size(), 2u);
  EXPECT_EQ(keys.plan.unique_keys[0].fields, (std::vector<FieldPath>{{1}, {0}}));
  EXPECT_EQ(keys.plan.unique_keys[1].fields, std::vector<FieldPath>{{2}});
  ASSERT_NE(keys.Rule("t.primaryKey"), nullptr);
  EXPECT_EQ(keys.Rule("t.primaryKey")->code, ReasonCode::kUnique);
  EXPECT_GE(keys.plan.fields[0].required_rule, 0);
  EXPECT_TRUE(keys.Rule("a.required")->implied);
  EXPECT_FALSE(keys.Rule("b.required")->implied);
  EXPECT_LT(keys.plan.fields[2].required_rule, 0);
  EXPECT_EQ(CoverageOf(keys.plan).promises, 3);  // the key, b.required, c.unique
  const Compiled both = CompileOne("primaryKey: true, unique: true");
  EXPECT_EQ(both.plan.unique_keys.size(), 1u);
}

TEST(Compile, CompilesNestedFields) {
  const Compiled nested = CompileProperties(
      "{name: o, logicalType: object, logicalTypeOptions: {required: [x], minProperties: 1}, "
      "properties: [{name: x, logicalType: integer}]}, "
      "{name: l, logicalType: array, logicalTypeOptions: {minItems: 1, uniqueItems: true}, "
      "items: {logicalType: object, properties: [{name: sku, logicalType: string, unique: true, "
      "quality: [{metric: nullValues, mustBe: 0}]}]}}");
  ASSERT_EQ(nested.problems, "");
  const FieldPlan& object = nested.plan.fields[0];
  EXPECT_EQ(object.children[0].path, "o.x");
  EXPECT_GE(object.children[0].required_rule, 0);
  EXPECT_EQ(object.constraints[0].kind, ConstraintKind::kMinProperties);
  const FieldPlan& list = nested.plan.fields[1];
  EXPECT_EQ(list.constraints.size(), 2u);
  EXPECT_EQ(list.children[0].path, "l[]");
  EXPECT_EQ(list.children[0].children[0].path, "l[].sku");
  EXPECT_NE(nested.WhyNot("l[].sku.unique"), "enforced");
  EXPECT_EQ(nested.WhyNot("l[].sku.nullValues"), "enforced");
  EXPECT_EQ(nested.plan.metrics.at(0).fields, (std::vector<FieldPath>{{1, 0, 0}}));
  EXPECT_TRUE(nested.plan.metrics[0].repeated);
}

TEST(Compile, CompilesMapsAndVectors) {
  const Compiled map = CompileOne(
      "classification: secret, logicalType: map, map: {key: {logicalType: integer}, value: "
      "{logicalType: array, items: {logicalType: string, required: true}}}");
  ASSERT_EQ(map.problems, "");
  EXPECT_EQ(map.plan.fields[0].type.kind, TypeKind::kMap);
  const FieldPlan& entry = map.plan.fields[0].children.at(0);
  EXPECT_EQ(entry.children.at(0).path, "a{key}");
  EXPECT_GE(entry.children.at(0).required_rule, 0);
  EXPECT_EQ(entry.children.at(1).children.at(0).path, "a{}[]");
  EXPECT_TRUE(entry.children.at(1).children.at(0).masked);
  const Compiled vector =
      CompileOne("logicalType: vector, logicalTypeOptions: {dimensions: 3, elementType: uint8}");
  ASSERT_EQ(vector.problems, "");
  EXPECT_EQ(vector.plan.fields[0].constraints.at(0).limit, 3);
  EXPECT_EQ(Name(vector.plan.fields[0].children.at(0).type), "integer u8");
  // The type, the dimensions, the element's type.
  EXPECT_EQ(CoverageOf(vector.plan).enforced, 3);
}

TEST(Compile, TellsWhatIsNotEnforced) {
  EXPECT_NE(CompileOne("logicalType: string, logicalTypeOptions: {format: password}")
                .WhyNot("a.format")
                .find("password"),
            std::string::npos);
  EXPECT_EQ(
      CompileOne("logicalType: string, logicalTypeOptions: {format: date-time}").WhyNot("a.format"),
      "enforced");
  const Compiled wide = CompileOne("logicalType: integer, logicalTypeOptions: {format: i128}");
  EXPECT_NE(wide.WhyNot("a.format").find("no column type"), std::string::npos);
  EXPECT_EQ(wide.WhyNot("a.type"), "enforced");
  const Compiled quantised = CompileOne(
      "logicalType: vector, logicalTypeOptions: {dimensions: 3, elementType: int8, normalized: "
      "true}");
  EXPECT_EQ(quantised.WhyNot("a.dimensions"), "enforced");
  EXPECT_NE(quantised.WhyNot("a.normalized").find("quantised"), std::string::npos);
  const Compiled rest = CompileText(
      "properties: [{name: a, relationships: [{to: u.yaml#/schema/u/properties/b}]}], quality: "
      "[{id: q, "
      "type: sql, query: select 1, mustBe: 1}, {id: c, type: custom, engine: soda, implementation: "
      "y}, "
      "{id: n, type: text, "
      "description: hi}]",
      ", slaProperties: [{property: latency, value: 1}]");
  ASSERT_EQ(rest.problems, "");
  const Coverage coverage = CoverageOf(rest.plan);
  EXPECT_EQ(coverage.promises, 5);
  EXPECT_EQ(coverage.enforced, 1);
  EXPECT_EQ(coverage.informational, 2);
  EXPECT_EQ(coverage.not_enforceable, 2);
  for (const RuleInfo& rule : rest.plan.rules) {
    EXPECT_TRUE(rule.implied || rule.id == "q" || !rule.why_not.empty()) << rule.id;
  }
}

TEST(Compile, CompilesMetrics) {
  const Compiled compiled = CompileText(
      "properties: [{name: a, quality: [{metric: missingValues, arguments: {missingValues: [null, "
      "N/A]}, mustBe: 0, severity: Warning}, {metric: invalidValues, arguments: {validValues: [x, "
      "1], pattern: '^.$'}, mustBeBetween: [0, 5], unit: percent, customProperties: [{property: "
      "lakegate.boundsExclusive, value: true}, {property: lakegate.base, value: non_null}]}]}, "
      "{name: b}], quality: [{metric: duplicateValues, arguments: {properties: [b, a]}, mustBe: 0, "
      "customProperties: [{property: lakegate.nulls, value: equal}, {property: "
      "lakegate.duplicates, value: repeated_keys}]}]");
  ASSERT_EQ(compiled.problems, "");
  ASSERT_EQ(compiled.plan.metrics.size(), 3u);
  const MetricRule& missing = compiled.plan.metrics[0];
  EXPECT_TRUE(missing.count_null_as_missing);
  EXPECT_EQ(missing.values, std::vector<std::string>{"N/A"});
  EXPECT_EQ(compiled.Rule("a.missingValues")->action, Action::kWarn);
  const MetricRule& invalid = compiled.plan.metrics[1];
  EXPECT_TRUE(invalid.has_values);
  EXPECT_EQ(invalid.pattern, "^.$");
  EXPECT_EQ(invalid.base, PercentBase::kNonNull);
  EXPECT_TRUE(invalid.thresholds[0].bounds_exclusive);
  const MetricRule& duplicates = compiled.plan.metrics[2];
  EXPECT_EQ(duplicates.fields, (std::vector<FieldPath>{{1}, {0}}));
  EXPECT_TRUE(duplicates.nulls_equal);
  EXPECT_EQ(duplicates.duplicates, DuplicateCount::kRepeatedKeys);
  EXPECT_EQ(compiled.Rule("t.duplicateValues")->action, Action::kFail);
}

TEST(Compile, MapsRulesOfVersion30) {
  Diagnostics diagnostics;
  auto contract = LoadContract(
      "{apiVersion: v3.0.2, kind: DataContract, id: a, version: 1.0.0, status: x, schema: [{name: "
      "t, properties: [{name: a, quality: [{rule: unique}, {rule: validValues, validValues: [x]}, "
      "{rule: duplicateCount, mustBeLessThan: 5, mustBeGreaterThan: 1}, {rule: freshness, mustBe: "
      "1}]}], quality: [{rule: rowCount, mustBeGreaterThan: 0}]}]}",
      "c.yaml", diagnostics);
  ASSERT_TRUE(contract) << contract.error().message;
  auto plan = Compile(*contract, {}, diagnostics);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->metrics.size(), 4u);
  EXPECT_EQ(plan->metrics[0].kind, MetricKind::kDuplicateValues);
  EXPECT_EQ(plan->metrics[0].thresholds[0].op, Operator::kMustBe);
  EXPECT_EQ(plan->metrics[1].values, std::vector<std::string>{"x"});
  EXPECT_EQ(plan->metrics[2].thresholds.size(), 2u);
  EXPECT_EQ(plan->metrics[3].kind, MetricKind::kRowCount);
  EXPECT_EQ(CoverageOf(*plan).not_enforceable, 1);
}

TEST(Compile, AppliesActionsAndBudgets) {
  const std::string object =
      "properties: [{name: a, logicalType: integer, required: true, classification: secret, "
      "customProperties: [{property: lakegate.action, value: warn}, {property: lakegate.budget, "
      "value: {rows: 3}}]}, {name: b, logicalType: string, classification: Public}], "
      "customProperties: [{property: lakegate.additional, value: reject}]";
  CompileOptions options;
  options.default_action = Action::kRejectFile;
  options.default_budget.percent = 5;
  const Compiled compiled = CompileText(object, "", options);
  ASSERT_EQ(compiled.problems, "");
  EXPECT_EQ(compiled.Rule("a.required")->action, Action::kWarn);
  EXPECT_EQ(compiled.Rule("a.type")->budget.rows, 3);
  EXPECT_EQ(compiled.Rule("b.type")->action, Action::kRejectFile);
  EXPECT_TRUE(compiled.plan.fields[0].masked);
  EXPECT_FALSE(compiled.plan.fields[1].masked);
  EXPECT_EQ(compiled.plan.additional, AdditionalFields::kReject);
  EXPECT_EQ(compiled.Rule("t.additional")->code, ReasonCode::kAdditionalField);
  EXPECT_EQ(compiled.plan.default_budget.percent, 5);
}

TEST(Compile, SelectsTheSchemaObject) {
  Diagnostics diagnostics;
  auto contract = LoadContract(
      "{apiVersion: v3.2.0, kind: DataContract, id: a, version: 1.0.0, schema: [{name: t}, {name: "
      "u}]}",
      "c.yaml", diagnostics);
  ASSERT_TRUE(contract);
  EXPECT_EQ(Compile(*contract, {.schema_name = "u"}, diagnostics)->dataset, "u");
  EXPECT_EQ(Compile(*contract, {.schema_name = "v"}, diagnostics).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(Compile(*contract, {}, diagnostics).error().code, ErrorCode::kInvalidConfig);
}

TEST(Compile, HashChangesWithTheText) {
  Diagnostics diagnostics;
  const std::string text =
      "{apiVersion: v3.2.0, kind: DataContract, id: a, version: 1.0.0, schema: [{name: t}]}";
  EXPECT_NE(LoadContract(text, "c", diagnostics)->hash,
            LoadContract(text + " ", "c", diagnostics)->hash);
}

constexpr const char* kTwoTables =
    "properties: [{name: a, relationships: [{to: u.b}]}, {name: c, relationships: [{to: t.a}]}], "
    "relationships: [{from: [t.a, t.c], to: [u.b, u.d.e]}]}, "
    "{name: u, properties: [{name: b}, {name: d, logicalType: object, properties: [{name: e}]}]";

TEST(CompileRelationshipsTest, BecomeForeignKeys) {
  CompileOptions options;
  options.schema_name = "t";
  const Compiled compiled = CompileText(kTwoTables, "", options);
  ASSERT_EQ(compiled.problems, "");
  ASSERT_EQ(compiled.plan.foreign_keys.size(), 3u);
  const ForeignKey& to_u = compiled.plan.foreign_keys[0];
  EXPECT_EQ(to_u.fields, (std::vector<FieldPath>{{0}}));
  EXPECT_EQ(to_u.target_object, "u");
  EXPECT_EQ(to_u.target_contract, "c.yaml");
  EXPECT_TRUE(to_u.self.empty());
  EXPECT_EQ(compiled.plan.foreign_keys[1].self, (std::vector<FieldPath>{{0}}));
  const ForeignKey& composite = compiled.plan.foreign_keys[2];
  EXPECT_EQ(composite.fields, (std::vector<FieldPath>{{0}, {1}}));
  EXPECT_EQ(composite.target_columns[1], (std::vector<std::string>{"d", "e"}));
  const RuleInfo* rule = compiled.Rule("a.relationship");
  ASSERT_NE(rule, nullptr);
  EXPECT_EQ(rule->code, ReasonCode::kForeignKey);
  EXPECT_EQ(rule->action, Action::kQuarantine);
}

TEST(CompileRelationshipsTest, FollowReferencesIntoOtherContracts) {
  Diagnostics diagnostics;
  const auto other = LoadContract(
      "{apiVersion: v3.2.0, kind: DataContract, id: o, version: 1.0.0, schema: [{name: customers, "
      "id: u, properties: [{name: customer_id, id: b}]}]}",
      "dir/u.yaml", diagnostics);
  ASSERT_TRUE(other);
  CompileOptions options;
  options.other_contracts = [&](const std::string& file) {
    return file == "u.yaml" ? &*other : nullptr;
  };
  const Compiled compiled = CompileText(
      "properties: [{name: a, relationships: [{to: u.yaml#/schema/u/properties/b}]}, {name: b, "
      "relationships: [{to: v.yaml#/schema/u/properties/b}, {to: u.yaml#/schema/u/properties/x}]}]",
      "", options);
  ASSERT_EQ(compiled.problems, "");
  ASSERT_EQ(compiled.plan.foreign_keys.size(), 1u);
  EXPECT_EQ(compiled.plan.foreign_keys[0].target_contract, "u.yaml");
  EXPECT_EQ(compiled.plan.foreign_keys[0].target_object, "customers");
  EXPECT_EQ(compiled.plan.foreign_keys[0].target_columns[0],
            std::vector<std::string>{"customer_id"});
  EXPECT_EQ(compiled.WhyNot("b.relationship"), "the contract v.yaml cannot be read");
  EXPECT_EQ(compiled.WhyNot("b.relationship#2"),
            "there is no column 'u.yaml#/schema/u/properties/x'");
}

TEST(CompileRelationshipsTest, ActionAndBudgetAreTheirOwn) {
  CompileOptions options;
  options.schema_name = "t";
  const Compiled compiled = CompileText(
      "properties: [{name: a, relationships: [{to: u.b, customProperties: [{property: "
      "lakegate.action, value: warn}, {property: lakegate.budget, value: {rows: 3}}]}]}]}, "
      "{name: u, properties: [{name: b}]",
      "", options);
  ASSERT_EQ(compiled.problems, "");
  EXPECT_EQ(compiled.Rule("a.relationship")->action, Action::kWarn);
  EXPECT_EQ(compiled.Rule("a.relationship")->budget.rows, 3);
}

TEST(CompileRelationshipsTest, WhatIsInsideAListRefersToNothing) {
  CompileOptions options;
  options.schema_name = "t";
  const Compiled compiled = CompileText(
      "properties: [{name: o, logicalType: object, properties: [{name: a, relationships: [{to: "
      "u.b}]}]}, {name: p, logicalType: array, items: {logicalType: string, relationships: [{to: "
      "u.b}]}}, {name: l, relationships: [{to: u.l.x}]}]}, {name: u, properties: [{name: b}, "
      "{name: l, logicalType: array, items: {logicalType: object, properties: [{name: x}]}}]",
      "", options);
  ASSERT_EQ(compiled.problems, "");
  EXPECT_EQ(compiled.WhyNot("o.a.relationship"), "enforced");
  EXPECT_EQ(compiled.plan.foreign_keys.at(0).fields, (std::vector<FieldPath>{{0, 0}}));
  EXPECT_EQ(
      compiled.WhyNot("p[].relationship"),
      "only columns and members of objects refer to other tables, not what is in lists or maps");
  EXPECT_EQ(compiled.WhyNot("l.relationship"), "'u.l.x' stands inside a list");
}

}  // namespace
}  // namespace lakegate
