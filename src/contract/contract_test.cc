#include "contract/contract.h"

#include <gtest/gtest.h>

#include "contract/compile.h"
#include "contract/example_contract_for_test.h"

namespace lakegate {
namespace {

std::string AllOf(const Diagnostics& diagnostics) {
  std::string all;
  for (const Diagnostic& d : diagnostics.all()) all += ToString(d) + " [" + d.id + "]\n";
  return all;
}

TEST(LoadContract, ReadsTheExample) {
  Diagnostics diagnostics;
  auto contract = LoadContract(kExampleContract, "events.odcs.yaml", diagnostics);
  ASSERT_TRUE(contract) << AllOf(diagnostics);
  EXPECT_EQ(AllOf(diagnostics), "");
  EXPECT_EQ(contract->id, "shop.events");
  EXPECT_EQ(contract->version, "1.0.0");
  EXPECT_EQ(contract->hash.size(), 32u);
  ASSERT_EQ(contract->schema.size(), 1u);
  ASSERT_EQ(contract->schema[0].properties.size(), 6u);
  const Property& id = contract->schema[0].properties[0];
  EXPECT_EQ(id.path, "event_id");
  EXPECT_TRUE(id.required.value);
  EXPECT_EQ(id.required.position.line, 16);
  EXPECT_EQ(id.settings.action->value, Action::kFail);
  EXPECT_EQ(contract->sla_properties.size(), 1u);
}

TEST(LoadContract, ReadsJson) {
  Diagnostics diagnostics;
  auto contract = LoadContract(
      R"({"apiVersion": "v3.2.0", "kind": "DataContract", "id": "a", "version": "1",
          "schema": [{"name": "t", "properties": [{"name": "x", "logicalType": "integer",
          "enum": [{"value": 1}, {"value": 2}]}]}]})",
      "a.json", diagnostics);
  ASSERT_TRUE(contract) << AllOf(diagnostics);
  EXPECT_EQ(contract->schema[0].properties[0].allowed_values->value.size(), 2u);
}

TEST(LoadContract, KnowsWhoseCsvDialectCounts) {
  const auto delimiter = [](const std::string& object, const std::string& schema_name) {
    Diagnostics diagnostics;
    auto contract = LoadContract(
        "{apiVersion: v3.2.0, kind: DataContract, id: a, version: 1.0.0, servers: [{server: s, "
        "type: custom, customProperties: [{property: lakegate.csv, value: {delimiter: \"|\"}}]}], "
        "schema: [{name: t, " +
            object + "}, {name: u}]}",
        "c.yaml", diagnostics);
    EXPECT_TRUE(contract) << AllOf(diagnostics);
    const CsvDialect* dialect = contract ? CsvDialectOf(*contract, schema_name) : nullptr;
    return dialect == nullptr ? '?' : dialect->delimiter;
  };
  const std::string own = "customProperties: [{property: lakegate.csv, value: {delimiter: ;}}]";
  EXPECT_EQ(delimiter(own, "t"), ';');
  EXPECT_EQ(delimiter(own, "u"), '|');
  EXPECT_EQ(delimiter(own, ""), '|');
  EXPECT_EQ(delimiter("description: d", "t"), '|');
}

TEST(Compile, CompilesTheExample) {
  Diagnostics diagnostics;
  auto contract = LoadContract(kExampleContract, "events.odcs.yaml", diagnostics);
  ASSERT_TRUE(contract);
  auto plan = Compile(*contract, {}, diagnostics);
  ASSERT_TRUE(plan) << AllOf(diagnostics);
  std::string rules;
  for (const RuleInfo& rule : plan->rules) {
    rules += rule.id + " " + Name(rule.action) + ": " + rule.promise + "\n";
  }
  EXPECT_EQ(rules,
            "event_id.type fail: event_id is of type string\n"
            "event_id.required fail: event_id is never null\n"
            "event_id.format fail: event_id has the format uuid\n"
            "user_id.type quarantine: user_id is of type string\n"
            "event_type.type fail: event_type is of type string\n"
            "event_type.required fail: event_type is never null\n"
            "event_type.enum fail: event_type is one of login, view_item, add_to_cart, purchase\n"
            "event_ts.type quarantine: event_ts is of type timestamp\n"
            "event_ts.required quarantine: event_ts is never null\n"
            "amount.type quarantine: amount is of type decimal(12,2)\n"
            "amount.minimum quarantine: amount >= 0\n"
            "ingestion_date.type quarantine: ingestion_date is of type string\n"
            "user-id-nulls fail: nullValues of user_id <= 3 %\n"
            "has-rows fail: rowCount > 0\n"
            "few-duplicates fail: duplicateValues of event_id <= 2 %\n"
            "sla.latency fail: latency 1 d\n");
  const Coverage coverage = CoverageOf(*plan);
  EXPECT_EQ(coverage.promises, 16);
  EXPECT_EQ(coverage.enforced, 16);
  EXPECT_EQ(coverage.not_enforceable, 0);
  EXPECT_TRUE(plan->fields[5].from_path);
  ASSERT_EQ(plan->metrics.size(), 3u);
  EXPECT_EQ(plan->metrics[2].fields, std::vector<FieldPath>{{0}});
}

}  // namespace
}  // namespace lakegate
