// Headers against the contract, and what stands before the first record.
#include "read/csv_header.h"

#include <gtest/gtest.h>

#include "tests/support/made_plan.h"
#include "tests/support/result_matchers.h"
#include "tests/support/seen_records.h"

namespace lakegate {
namespace {

CheckPlan Plan() {
  MadePlan made;
  made.Add("order_id");
  made.Add("amount");
  made.Add("day").from_path = true;
  return made.plan();
}

// "code:label" of each reason.
std::vector<std::string> Reasons(const std::vector<std::string>& labels,
                                 ColumnOrder order = ColumnOrder::kExact) {
  std::vector<std::string> texts;
  CsvDialect dialect;
  dialect.order = order;
  for (const FileReason& reason : MatchHeader(labels, Plan(), dialect).reasons) {
    EXPECT_FALSE(reason.message.empty());
    texts.push_back(std::string(Name(reason.code)) + ":" + reason.label);
  }
  return texts;
}
using Texts = std::vector<std::string>;

TEST(MatchHeader, EveryReason) {
  EXPECT_EQ(Reasons({"order_id", "amount"}), Texts{});
  EXPECT_EQ(Reasons({"order_id", "amount", "day"}), Texts{});
  EXPECT_EQ(Reasons({"order_id"}), Texts{"missing-label:amount"});
  EXPECT_EQ(Reasons({"order_id", "amount", "colour"}), Texts{"extra-label:colour"});
  EXPECT_EQ(Reasons({"Order ID", "amount"}), Texts{"renamed-label:Order ID"});
  EXPECT_EQ(Reasons({"order_id", "amuont"}), Texts{"renamed-label:amuont"});
  EXPECT_EQ(Reasons({"order_id", "amount", ""}), Texts{"blank-label:"});
  EXPECT_EQ(Reasons({"order_id", "amount", "  "}), Texts{"blank-label:  "});
  EXPECT_EQ(Reasons({"order_id", "amount", "amount"}), Texts{"duplicate-label:amount"});
  EXPECT_EQ(Reasons({"amount", "order_id"}), (Texts{"moved-label:amount", "moved-label:order_id"}));
  EXPECT_EQ(Reasons({"amount", "order_id"}, ColumnOrder::kAny), Texts{});
}

TEST(MatchHeader, CellsOfFields) {
  const CheckPlan plan = Plan();
  CsvDialect dialect;
  dialect.order = ColumnOrder::kAny;
  const auto any = MatchHeader({"day", "amount", "order_id"}, plan, dialect);
  ASSERT_TRUE(any.columns);
  EXPECT_EQ(any.columns->field_of_cell, (std::vector<int>{2, 1, 0}));
  EXPECT_EQ(HeaderFromContract(plan).columns->field_of_cell, (std::vector<int>{0, 1}));
  EXPECT_FALSE(MatchHeader({"x"}, plan, dialect).columns);
}

TEST(MatchHeader, AnotherDelimiter) {
  const auto hint = [](const std::string& label, char delimiter) {
    CsvDialect dialect;
    dialect.delimiter = delimiter;
    const auto reasons = MatchHeader({label}, Plan(), dialect).reasons;
    EXPECT_EQ(reasons[0].code, ReasonCode::kExtraLabel);
    return reasons[0].message;
  };
  EXPECT_EQ(hint("order_id;amount", ','),
            "the header is one column \"order_id;amount\"; the delimiter looks like ';'");
  EXPECT_NE(hint("order_id,amount", '\t').find("looks like ','"), std::string::npos);
  EXPECT_NE(hint("a\tb;c\td", ',').find("looks like a tab"), std::string::npos);
  EXPECT_EQ(HintAtDelimiter("order_id", ','), "");
  EXPECT_EQ(HintAtDelimiter("a;b", ';'), "");
}

struct Preamble {
  Result<CsvPreamble> read;
  std::string rest;
};

Preamble Read(const std::string& text, const CsvDialect& dialect = {}, size_t window_bytes = 4) {
  WindowBuffer window(window_bytes);
  TextSource source(text);
  window.Start(&source, 0);
  Preamble preamble{ReadCsvPreamble(&window, dialect), ""};
  EXPECT_TRUE(window.at_end() || window.Fill());
  preamble.rest = window.unread();
  return preamble;
}

TEST(ReadCsvPreamble, MarkSkippedLinesCommentsAndHeader) {
  CsvDialect dialect;
  dialect.skip_lines = 2;
  dialect.comment = '#';
  const std::string before = "\xEF\xBB\xBFreport of\n\"today\n# no \"header\"\n\r\n";
  for (size_t window = 1; window < 60; ++window) {
    const Preamble preamble = Read(before + "a,\"b \"\"c\"\"\nd\"\r\n1,2", dialect, window);
    ASSERT_OK(preamble.read);
    EXPECT_TRUE(preamble.read->has_header);
    EXPECT_EQ(preamble.read->labels, (Texts{"a", "b \"c\"\nd"}));
    EXPECT_EQ(preamble.read->bytes, static_cast<int64_t>(before.size()) + 15);
    EXPECT_EQ(preamble.read->lines, 6);
  }
}

TEST(ReadCsvPreamble, FilesWithoutHeader) {
  EXPECT_FALSE(Read("").read->has_header);
  EXPECT_FALSE(Read("\n\n").read->has_header);
  EXPECT_EQ(Read("a,b").read->labels, (Texts{"a", "b"}));
  CsvDialect bare;
  bare.header = false;
  const Preamble preamble = Read(
      "\xEF\xBB\xBF"
      "1,2\n",
      bare, 100);
  EXPECT_EQ(preamble.read->bytes, 3);
  EXPECT_EQ(preamble.rest, "1,2\n");
}

TEST(ReadCsvPreamble, BrokenHeaders) {
  EXPECT_TRUE(IsError(Read("a,\"b\n1,2\n").read, ErrorCode::kInvalidData, "quote"));
  EXPECT_TRUE(IsError(Read("a,\xE9\n").read, ErrorCode::kInvalidData, "UTF-8"));
  EXPECT_TRUE(IsError(Read(std::string(3'000'000, 'a')).read, ErrorCode::kInvalidData, "1 MB"));
  CsvDialect latin;
  latin.encoding = TextEncoding::kLatin1;
  EXPECT_EQ(Read("caf\xE9\n", latin).read->labels, Texts{"caf\xC3\xA9"});
}

}  // namespace
}  // namespace lakegate
