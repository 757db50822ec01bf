#include "contract/odcs_schema.h"

#include <gtest/gtest.h>

#include "contract/json_document.h"
#include "contract/json_schema.h"

namespace lakegate {
namespace {

// "line:column message" of what the schema alone finds.
std::string Violations(const std::string& rest, const std::string& version = "v3.1.0") {
  const std::string text = "{apiVersion: " + version +
                           ", kind: DataContract, id: a, version: 1.0.0, status: active,\n" + rest +
                           "}";
  const ApiVersion api = version == "v3.0.2"   ? ApiVersion::kV30
                         : version == "v3.1.0" ? ApiVersion::kV31
                                               : ApiVersion::kV32;
  Diagnostics diagnostics;
  const auto root = ParseYamlOrJson(text, "c.yaml", diagnostics);
  EXPECT_TRUE(root);
  if (root) CheckOdcsSchema(*root, api, "c.yaml", diagnostics);
  std::string all;
  for (const Diagnostic& d : diagnostics.all()) {
    all += (all.empty() ? "" : "; ") + std::to_string(d.position.line) + ":" +
           std::to_string(d.position.column) + " " + d.message;
  }
  return all;
}

TEST(OdcsSchema, AcceptsWhatIsValid) {
  EXPECT_EQ(Violations("name: x", "v3.0.2"), "");
  EXPECT_EQ(Violations("name: x", "v3.1.0"), "");
  EXPECT_EQ(Violations("name: x", "v3.2.0"), "");
}

TEST(OdcsSchema, CorrectsThePublishedDefect) {
  EXPECT_EQ(Violations("schema: [{name: t, properties: [{name: a}]}]", "v3.2.0"), "");
  EXPECT_EQ(Violations("schema: [{name: t, properties: [{name: a, logicalType: map}]}]", "v3.2.0"),
            "2:33 'schema[0].properties[0]' has no 'map'");
}

TEST(OdcsSchema, SaysWhatAndWhere) {
  EXPECT_EQ(Violations("tenant: 1"), "2:9 'tenant' must be a text, not a number (1)");
  EXPECT_EQ(Violations("servers: [{server: a, type: local, path: p}]"),
            "2:11 'servers[0]' has no 'format'");
  EXPECT_EQ(Violations("servers: [{server: a, type: gcs}]").substr(0, 41),
            "2:29 'servers[0].type' cannot be 'gcs'");
  EXPECT_EQ(Violations("roles: [{role: r, acces: x}]"), "2:19 unknown key 'acces' in 'roles[0]'");
  EXPECT_EQ(Violations("team: [{role: r}]"), "2:8 'team[0]' has no 'username'");
  EXPECT_EQ(Violations("team: 7"),
            "2:7 'team' must be a list or a mapping (key: value), not a "
            "number (7)");
  EXPECT_EQ(Violations("schema: [{name: t, id: a b}]"), "2:24 'schema[0].id' cannot be 'a b'");
  EXPECT_EQ(Violations("price: {priceAmount: x}"),
            "2:22 'price.priceAmount' must be a number, not a text (x)");
}

TEST(OdcsSchema, IsLinearInDepth) {
  std::string open, close;
  for (int i = 0; i < 24; ++i) {
    open += "{name: a, items: {properties: [";
    close += "]}}";
  }
  EXPECT_EQ(Violations("schema: [{name: t, properties: [" + open + close + "]}]"), "");
}

TEST(OdcsSchema, SaysThatThereAreMore) {
  std::string roles = "{role: r, k0: 1}";
  for (int i = 1; i < 3000; ++i) roles += ", {role: r, k" + std::to_string(i) + ": 1}";
  const std::string all = Violations("roles: [" + roles + "]");
  EXPECT_NE(all.find("the schema refuses more than 1000 places"), std::string::npos);
  EXPECT_NE(all.find("'k999'"), std::string::npos);
  EXPECT_EQ(all.find("'k1000'"), std::string::npos);
}

TEST(JsonSchema, RefusesKeywordsThatItDoesNotKnow) {
  const auto compiled = [](const std::string& text) {
    Diagnostics diagnostics;
    const auto root = ParseJson(text, "s.json", diagnostics);
    const auto schema = JsonSchema::Compile(root.value_or(YamlNode{}));
    return schema ? "" : schema.error().message;
  };
  EXPECT_EQ(compiled(R"({"type": "object", "title": "x"})"), "");
  EXPECT_EQ(compiled(R"({"contains": {}})"), "the JSON Schema has the keyword 'contains'");
  EXPECT_EQ(compiled(R"({"$ref": "#/$defs/a"})"), "the JSON Schema has the reference #/$defs/a");
  EXPECT_EQ(compiled(R"({"type": "text"})"), "the JSON Schema has the type text");
}

}  // namespace
}  // namespace lakegate
