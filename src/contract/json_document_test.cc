#include "contract/json_document.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

std::string ErrorOf(std::string_view text, const std::string& file = "f.json") {
  Diagnostics diagnostics;
  ParseYamlOrJson(text, file, diagnostics);
  if (diagnostics.all().empty()) return "";
  const Diagnostic& first = diagnostics.all()[0];
  return std::to_string(first.position.line) + ":" + std::to_string(first.position.column) + " " +
         first.id;
}

YamlNode Parsed(std::string_view text, const std::string& file = "f.json") {
  Diagnostics diagnostics;
  auto node = ParseYamlOrJson(text, file, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << ToString(diagnostics.all()[0]);
  return node.value_or(YamlNode{});
}

TEST(JsonDocument, ReadsValuesWithKinds) {
  const YamlNode root = Parsed(R"( [null, true, false, 0, -12, 1.5, 2e3, "a", {}, []] )");
  std::string kinds;
  for (const YamlNode& item : root.items) kinds += std::to_string(static_cast<int>(item.kind));
  EXPECT_EQ(kinds, "0112233465");
  EXPECT_TRUE(root.items[7].quoted);
  EXPECT_EQ(root.items[6].text, "2e3");
}

TEST(JsonDocument, ReadsEscapes) {
  EXPECT_EQ(Parsed(R"(["\"\\\/\b\f\n\r\t"])").items[0].text, "\"\\/\b\f\n\r\t");
  EXPECT_EQ(Parsed(R"(["\u00e4\u20AC\uD83D\uDE00"])").items[0].text, "ä€😀");
  EXPECT_EQ(Parsed(R"(["\u0000"])").items[0].text, std::string(1, '\0'));
}

TEST(JsonDocument, KeepsPositions) {
  const YamlNode root = Parsed("\xEF\xBB\xBF{\n  \"äö\": 1, \"b\": [\"x\",\n 2]}\n");
  EXPECT_EQ(root.entries[1].mark.line, 2);
  EXPECT_EQ(root.entries[1].mark.column, 12);
  EXPECT_EQ(root.entries[1].value.items[1].mark.line, 3);
  EXPECT_EQ(root.entries[1].value.items[1].mark.column, 2);
}

TEST(JsonDocument, RefusesWithAPosition) {
  EXPECT_EQ(ErrorOf("{\"a\": 1,}"), "1:9 json-syntax");
  EXPECT_EQ(ErrorOf("{a: 1}"), "1:2 json-syntax");
  EXPECT_EQ(ErrorOf("{\"a\": 01}"), "1:7 json-syntax");
  EXPECT_EQ(ErrorOf("{\"a\": .5}"), "1:7 json-syntax");
  EXPECT_EQ(ErrorOf("{\"a\": \"x\n\"}"), "1:9 json-syntax");
  EXPECT_EQ(ErrorOf("{\"a\": \"\\x\"}"), "1:9 json-syntax");
  EXPECT_EQ(ErrorOf("{\"a\": \"\\ud83d\"}"), "1:14 json-syntax");
  EXPECT_EQ(ErrorOf("{\"a\": \"\\ud83d\\u0041\"}"), "1:20 json-syntax");
  EXPECT_EQ(ErrorOf("{\"a\": 1} x"), "1:10 json-syntax");
  EXPECT_EQ(ErrorOf("{\"a\": \"x"), "1:9 json-syntax");
  EXPECT_EQ(ErrorOf("{\"a\": "), "1:7 json-syntax");
  EXPECT_EQ(ErrorOf("{\"a\": 1,\n\"a\": 2}"), "2:1 duplicate-key");
  EXPECT_EQ(ErrorOf("{\"a\": \"\xff\"}"), "1:8 encoding");
  EXPECT_EQ(ErrorOf(std::string(100, '[') + std::string(100, ']')), "");
  EXPECT_EQ(ErrorOf(std::string(1'000'000, '[')), "1:101 json-syntax");
}

TEST(JsonDocument, ReadsYamlInBracesAsYaml) {
  EXPECT_EQ(ErrorOf("{a: 1, # why\n b: 2}", "f.yaml"), "");
  EXPECT_EQ(Parsed("{\"a\": yes}", "f.yaml").Find("a")->text, "yes");
  EXPECT_EQ(Parsed("{\"a\": \"\\uD83D\\uDE00\"}", "f.yaml").Find("a")->text, "😀");
}

}  // namespace
}  // namespace lakegate
