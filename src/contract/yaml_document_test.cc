#include "contract/yaml_document.h"

#include <gtest/gtest.h>

namespace lakegate {
namespace {

std::string ErrorOf(std::string_view text, const YamlLimits& limits = {}) {
  Diagnostics diagnostics;
  ParseYaml(text, "f.yaml", diagnostics, limits);
  if (diagnostics.all().empty()) return "";
  const Diagnostic& first = diagnostics.all()[0];
  return std::to_string(first.position.line) + ":" + std::to_string(first.position.column) + " " +
         first.id;
}

YamlNode Parsed(std::string_view text) {
  Diagnostics diagnostics;
  auto node = ParseYaml(text, "f.yaml", diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << ToString(diagnostics.all()[0]);
  return node.value_or(YamlNode{});
}

TEST(YamlDocument, FollowsTheCoreSchema) {
  for (const char* text : {"null", "~", "Null", ""}) {
    EXPECT_EQ(KindOfPlainScalar(text), YamlKind::kNull) << text;
  }
  for (const char* text : {"true", "False"}) {
    EXPECT_EQ(KindOfPlainScalar(text), YamlKind::kBoolean) << text;
  }
  for (const char* text : {"0", "-12", "+3", "0x1F", "0o17", "007"}) {
    EXPECT_EQ(KindOfPlainScalar(text), YamlKind::kInteger) << text;
  }
  for (const char* text : {"1.0", "-.5", "1.", "1e3", "6.02E+23", ".inf", "-.INF", ".nan"}) {
    EXPECT_EQ(KindOfPlainScalar(text), YamlKind::kReal) << text;
  }
  for (const char* text : {"yes", "no", "on", "2025-01-01", "1_000", "1.0.0", "0b1", "e3", ".", "-",
                           "0x", "1e", "12:30"}) {
    EXPECT_EQ(KindOfPlainScalar(text), YamlKind::kText) << text;
  }
}

TEST(YamlDocument, KeepsTextAndPositions) {
  const YamlNode root = Parsed("a: 1.50\n\"b c\": ['x', y]\nz: |\n  text\n");
  ASSERT_EQ(root.entries.size(), 3u);
  EXPECT_EQ(root.entries[0].value.text, "1.50");
  EXPECT_EQ(root.entries[0].value.mark.column, 4);
  EXPECT_EQ(root.entries[1].key, "b c");
  EXPECT_EQ(root.entries[1].mark.line, 2);
  EXPECT_TRUE(root.entries[1].value.items[0].quoted);
  EXPECT_FALSE(root.entries[1].value.items[1].quoted);
  EXPECT_EQ(root.Find("z")->text, "text\n");
  EXPECT_EQ(root.Find("nobody"), nullptr);
}

TEST(YamlDocument, CountsColumnsInCodePoints) {
  const YamlNode root = Parsed("{\"äöü€\": 1, b: 2}");
  EXPECT_EQ(root.entries[1].mark.column, 13);
}

TEST(YamlDocument, ReadsJson) {
  const YamlNode root = Parsed("{\n\t\"a\": {\"b\": [1, \"\\u00e4\", null, true]}\n}\n");
  const YamlNode* list = root.Find("a")->Find("b");
  ASSERT_EQ(list->items.size(), 4u);
  EXPECT_EQ(list->items[1].text, "ä");
  EXPECT_EQ(list->items[2].kind, YamlKind::kNull);
}

TEST(YamlDocument, SkipsAByteOrderMark) {
  EXPECT_EQ(Parsed("\xEF\xBB\xBF"
                   "a: 1")
                .entries.size(),
            1u);
}

TEST(YamlDocument, RefusesWithAPosition) {
  EXPECT_EQ(ErrorOf(""), "1:1 empty-file");
  EXPECT_EQ(ErrorOf("a: 1\nb: 2\na: 3\n"), "3:1 duplicate-key");
  EXPECT_EQ(ErrorOf("a: [1\n").substr(2), "1 yaml-syntax");
  EXPECT_EQ(ErrorOf("a: \xff"), "1:4 encoding");
  EXPECT_EQ(ErrorOf("a: \xed\xa0\x80"), "1:4 encoding");
  EXPECT_EQ(ErrorOf("? [a]\n: 1\n"), "1:3 yaml-syntax");
  EXPECT_EQ(ErrorOf("a: 1\n---\nb: 1\n"), "1:1 several-documents");
  EXPECT_EQ(ErrorOf("a: !!binary x"), "1:4 yaml-syntax");
  EXPECT_EQ(ErrorOf("a: 1", {.max_bytes = 3}), "0:0 file-too-large");
}

TEST(YamlDocument, BoundsDepth) {
  EXPECT_EQ(ErrorOf(std::string(100, '[') + std::string(100, ']')), "");
  EXPECT_EQ(ErrorOf(std::string(101, '[') + std::string(101, ']')), "1:101 yaml-syntax");
  EXPECT_NE(ErrorOf(std::string(1'000'000, '[')), "");
}

TEST(YamlDocument, BoundsAliases) {
  const YamlNode root = Parsed("a: &x [1, 2]\nb: *x\n");
  EXPECT_EQ(root.Find("b")->items.size(), 2u);
  EXPECT_EQ(root.Find("b")->mark.line, 2);
  std::string laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) laughs += "," + before;
    laughs += "]\n";
  }
  EXPECT_NE(ErrorOf(laughs).find("yaml-syntax"), std::string::npos);
  EXPECT_NE(ErrorOf("a: &x [*x]\n").find("yaml-syntax"), std::string::npos);
}

}  // namespace
}  // namespace lakegate
