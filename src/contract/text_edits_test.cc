#include "contract/text_edits.h"

#include <gtest/gtest.h>

#include "contract/contract.h"

namespace lakegate {
namespace {

// The contract after one pass of lint and its edits.
std::string Mended(const std::string& text, const std::string& file = "c.yaml") {
  Diagnostics diagnostics;
  const auto contract = LoadContract(text, file, diagnostics);
  EXPECT_FALSE(diagnostics.all().empty()) << contract.has_value();
  return ApplyEdits(text, diagnostics.all()).text;
}

constexpr const char* kHead = "apiVersion: v3.1.0\nkind: DataContract\nid: a\nstatus: x\n";

TEST(TextEdits, PutsQuotesAroundWhatIsNoText) {
  EXPECT_EQ(Mended(std::string(kHead) + "version: 1.10   # ü\n"),
            std::string(kHead) + "version: \"1.10\"   # ü\n");
  EXPECT_EQ(Mended("apiVersion: 3.1.0\nversion: 1"), "apiVersion: v3.1.0\nversion: \"1\"");
  EXPECT_EQ(Mended("apiVersion: '3.1.0'\n"), "apiVersion: 'v3.1.0'\n");
  EXPECT_EQ(Mended("{\"version\": 1.0, \"apiVersion\": \"3.2.0\"}", "c.json"),
            "{\"version\": \"1.0\", \"apiVersion\": \"v3.2.0\"}");
  EXPECT_EQ(Mended("\xEF\xBB\xBFversion: 1.0\r\n"), "\xEF\xBB\xBFversion: \"1.0\"\r\n");
}

TEST(TextEdits, CorrectsTheSpellingOfKeys) {
  const std::string head = std::string(kHead) + "version: \"1\"\n";
  EXPECT_EQ(Mended(head + "schema: [{name: t, properties: [{name: ä, 'requird': true}]}]\n"),
            head + "schema: [{name: t, properties: [{name: ä, 'required': true}]}]\n");
  EXPECT_EQ(Mended(head + "roles: [{role: r, acces: x}]\n"),
            head + "roles: [{role: r, access: x}]\n");
  EXPECT_EQ(Mended(head + "schema: [{name: t, properties: [{name: a, logicalType: String}]}]\n"),
            head + "schema: [{name: t, properties: [{name: a, logicalType: string}]}]\n");
  const std::string both = head + "schema: [{name: t, nam: t}]\n";
  EXPECT_EQ(Mended(both), both);
  const std::string unknown = head + "x-foo: 1\n";
  EXPECT_EQ(Mended(unknown), unknown);
}

TEST(TextEdits, PutsBoundsInOrder) {
  const auto mended = [](const std::string& options) {
    const std::string head = std::string(kHead) +
                             "version: \"1\"\nschema: [{name: t, properties: [{name: a, "
                             "logicalType: integer, ";
    return Mended(head + options + "}]}]\n").substr(head.size());
  };
  EXPECT_EQ(mended("logicalTypeOptions: {minimum: 10, maximum: 9}"),
            "logicalTypeOptions: {minimum: 9, maximum: 10}}]}]\n");
  EXPECT_EQ(mended("logicalTypeOptions: {exclusiveMinimum: 10, maximum: 9}"),
            "logicalTypeOptions: {exclusiveMinimum: 10, maximum: 9}}]}]\n");
  EXPECT_EQ(mended("quality: [{metric: nullValues, mustBeBetween: [10.5, 1]}]"),
            "quality: [{metric: nullValues, mustBeBetween: [1, 10.5]}]}]}]\n");
  EXPECT_EQ(mended("quality: [{metric: nullValues, mustBeBetween: [1, 1]}]"),
            "quality: [{metric: nullValues, mustBeBetween: [1, 1]}]}]}]\n");
}

TEST(TextEdits, LeavesWhatDoesNotFit) {
  const auto apply = [](const std::vector<TextEdit>& edits) {
    Diagnostic diagnostic;
    diagnostic.edits = edits;
    return ApplyEdits("a: 1\nb: 2\n", {diagnostic}).text;
  };
  EXPECT_EQ(apply({{{"f", 2, 4}, "2", "3"}}), "a: 1\nb: 3\n");
  EXPECT_EQ(apply({{{"f", 2, 4}, "9", "3"}}), "a: 1\nb: 2\n");
  EXPECT_EQ(apply({{{"f", 9, 1}, "2", "3"}}), "a: 1\nb: 2\n");
  EXPECT_EQ(apply({{{"f", 1, 9}, "2", "3"}}), "a: 1\nb: 2\n");
  EXPECT_EQ(apply({{{"f", 2, 4}, "2", "3"}, {{"f", 1, 4}, "9", "3"}}), "a: 1\nb: 2\n");
  EXPECT_EQ(apply({{{"f", 1, 1}, "a: 1", "x"}, {{"f", 1, 4}, "1", "3"}}), "a: 1\nb: 2\n");
}

}  // namespace
}  // namespace lakegate
