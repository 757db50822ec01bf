// CSV against a slow obvious reader that goes character by character.
#include <gtest/gtest.h>

#include <random>

#include "tests/support/made_plan.h"
#include "tests/support/read_in_units.h"
#include "tests/support/slow_csv.h"
#include "tests/support/test_scale.h"

namespace lakegate {
namespace {

struct NamedDialect {
  const char* name;
  CsvDialect dialect;
};

std::vector<NamedDialect> Dialects() {
  std::vector<NamedDialect> dialects(6);
  dialects[0].name = "RFC 4180";
  dialects[1].name = "no quote";
  dialects[1].dialect.quote.reset();
  dialects[2].name = "backslash escapes";
  dialects[2].dialect.escape = '\\';
  dialects[3].name = "one line a record";
  dialects[3].dialect.multiline = false;
  dialects[4].name = "one line a record, backslash escapes";
  dialects[4].dialect.multiline = false;
  dialects[4].dialect.escape = '\\';
  dialects[5].name = "comments";
  dialects[5].dialect.comment = 'a';
  return dialects;
}

class CsvReaderTest : public testing::Test {
 protected:
  // A plan and a matching of `columns` columns.
  void Shape(size_t columns) {
    made_ = MadePlan();
    auto matched = std::make_shared<CsvColumns>();
    for (size_t i = 0; i < columns; ++i) {
      made_.Add(std::string(1, static_cast<char>('a' + i)));
      matched->field_of_cell.push_back(static_cast<int>(i));
    }
    columns_ = matched;
  }

  std::unique_ptr<RecordReader> Make(const CsvDialect& dialect) {
    return MakeCsvReader(made_.plan(), dialect, limits_, columns_);
  }

  SeenFile Read(std::string_view text, const CsvDialect& dialect = {},
                const std::vector<int64_t>& cuts = {}, size_t window_bytes = kDefaultWindowBytes) {
    SeenFile file = ReadInUnits(Make(dialect).get(), text, cuts, window_bytes);
    EXPECT_EQ(file.data_bytes(), static_cast<int64_t>(text.size())) << text;
    return file;
  }

  MadePlan made_;
  ReadLimits limits_;
  std::shared_ptr<const CsvColumns> columns_;
};

std::string Describe(const std::vector<SlowRow>& rows) {
  std::string text;
  for (const SlowRow& row : rows) {
    text += std::to_string(row.offset) + "+" + std::to_string(row.length) + " line " +
            std::to_string(row.line) + " " + row.damage;
    for (const std::string& cell : row.cells) text += " [" + cell + "]";
    text += "\n";
  }
  return text;
}

std::string Describe(const SeenFile& file) {
  std::vector<SlowRow> rows;
  for (const SeenRecord& record : file.records) {
    rows.push_back({record.offset, record.length, record.line,
                    record.damage.substr(0, record.damage.find('@')), record.values});
  }
  return Describe(rows);
}

TEST_F(CsvReaderTest, EveryShortTextInEveryDialect) {
  Shape(2);
  const std::string alphabet = "a,\" \n\r\\";
  const size_t longest = TestScale() > 1 ? 7 : 6;
  int64_t compared = 0;
  for (const auto& [name, dialect] : Dialects()) {
    const auto reader = Make(dialect);
    std::vector<size_t> digits;
    while (digits.size() <= longest && !HasFailure()) {
      std::string text;
      for (const size_t digit : digits) text += alphabet[digit];
      const SeenFile file = ReadInUnits(reader.get(), text, {}, 4096);
      ASSERT_EQ(Describe(file), Describe(ReadSlowly(text, dialect, 2)))
          << name << ": " << testing::PrintToString(text);
      ASSERT_EQ(file.data_bytes(), static_cast<int64_t>(text.size()));
      ++compared;
      size_t i = 0;
      while (i < digits.size() && ++digits[i] == alphabet.size()) digits[i++] = 0;
      if (i == digits.size()) digits.push_back(0);
    }
  }
  EXPECT_GT(compared, 800'000);
}

// Longer texts, cells that span blocks of 64 bytes, small windows, units cut anywhere.
TEST_F(CsvReaderTest, RandomTextsInUnitsAndWindows) {
  std::mt19937 random(5);
  const std::string pieces[] = {"a",    "bc", ",",  ",",    "\"",    "\"\"", "\n",
                                "\r\n", "\r", "\\", "\\\"", "\",\"", "\"\n", std::string(70, 'x')};
  int64_t reread = 0;
  for (int64_t i = 0; i < 6000 * TestScale() && !HasFailure(); ++i) {
    const auto dialects = Dialects();
    const auto& [name, dialect] = dialects[random() % dialects.size()];
    std::string text;
    for (size_t n = random() % 60; n > 0; --n) text += pieces[random() % std::size(pieces)];
    const size_t columns = 1 + static_cast<size_t>(i % 3);
    Shape(columns);
    const SeenFile whole = Read(text, dialect);
    ASSERT_EQ(Describe(whole), Describe(ReadSlowly(text, dialect, columns)))
        << name << ": " << testing::PrintToString(text);
    std::vector<int64_t> cuts;
    for (size_t at = 1 + random() % 20; at < text.size(); at += 1 + random() % 40) {
      cuts.push_back(static_cast<int64_t>(at));
    }
    const SeenFile in_units = Read(text, dialect, cuts, 1 + random() % 80);
    ExpectSame(in_units, whole, std::string(name) + ": " + testing::PrintToString(text));
    reread += in_units.reread;
  }
  EXPECT_GT(reread, 100) << "units that start inside quotes must occur here";
}

TEST_F(CsvReaderTest, UnitsCutAtEveryByte) {
  Shape(2);
  const std::string text = "1,\"a\nb\"\r\n\n\"x\"\"\n\n\",2\n3,\"broken\n4,\"q\"\n5,6\n\"\n7,8";
  const SeenFile whole = Read(text);
  for (int64_t cut = 1; cut < static_cast<int64_t>(text.size()); ++cut) {
    for (const size_t window : {1, 3, 8, 64}) {
      ExpectSame(Read(text, {}, {cut}, window), whole, "cut at " + std::to_string(cut));
    }
  }
}

// What the walker knows of a block must not outlive the window, however its size changes.
TEST_F(CsvReaderTest, RowsThatEndWithTheWindow) {
  for (const size_t columns : {1, 2}) {
    Shape(columns);
    const std::string rest = columns == 1 ? "\n" : ",2\n";
    for (const size_t rows : {1, 5, 30, 31, 32, 100}) {
      std::string text;
      for (size_t i = 0; i < rows; ++i) {
        text += std::string(i % 3 + 1, 'x') + rest;
        if (i % 29 == 7) text += "\"" + std::string(i * 5, '\n') + "\"" + rest;
      }
      const SeenFile whole = Read(text);
      EXPECT_EQ(Describe(whole), Describe(ReadSlowly(text, {}, columns)));
      const std::vector<int64_t> half = {static_cast<int64_t>(text.size() / 2)};
      for (size_t window = 1; window < 200; ++window) {
        ExpectSame(Read(text, {}, {}, window), whole, "window " + std::to_string(window));
        ExpectSame(Read(text, {}, half, window), whole, "units, window " + std::to_string(window));
      }
    }
  }
}

TEST_F(CsvReaderTest, RowsOfTheWrongWidth) {
  Shape(2);
  const SeenFile file = Read("1,2\n1\n1,2,3\n,\n");
  ASSERT_EQ(file.records.size(), 4u);
  EXPECT_EQ(file.records[1].damage, "missing-cell@1");
  EXPECT_EQ(file.records[1].message, "the row has 1 cells, the header 2");
  EXPECT_EQ(file.records[2].damage, "extra-cell@5");
  EXPECT_EQ(file.records[3].values, (std::vector<std::string>{"null", "null"}));
}

TEST_F(CsvReaderTest, AQuoteTakesOnlyItsOwnLine) {
  Shape(2);
  const SeenFile file = Read("1,a\"b\n2,\"open\n3,c\n4,\"d\"x\n5,e\n6,\"never");
  std::vector<std::string> damages;
  for (const SeenRecord& record : file.records) damages.push_back(record.damage);
  EXPECT_EQ(damages, (std::vector<std::string>{"csv-quote@3", "csv-quote@2", "", "csv-quote@4", "",
                                               "csv-quote@2"}));
  EXPECT_EQ(Read("\"a\nb\",c\"d\n").records[0].damage, "csv-quote@0");
  EXPECT_EQ(file.records[4].values, (std::vector<std::string>{"c:5", "c:e"}));
}

TEST_F(CsvReaderTest, NullsAreUnquoted) {
  Shape(2);
  EXPECT_EQ(Read(",\"\"\n").records[0].values, (std::vector<std::string>{"null", "q:"}));
  EXPECT_EQ(Read("NA,NULL\n").records[0].values, (std::vector<std::string>{"c:NA", "c:NULL"}));
  CsvDialect dialect;
  dialect.null_values = {"NA", "\xC3\xA9"};
  EXPECT_EQ(Read("NA,\"NA\"\n", dialect).records[0].values,
            (std::vector<std::string>{"null", "q:NA"}));
  EXPECT_EQ(Read(",\n", dialect).records[0].values, (std::vector<std::string>{"c:", "c:"}));
  dialect.encoding = TextEncoding::kLatin1;
  EXPECT_EQ(Read("\xE9,\xFC\n", dialect).records[0].values,
            (std::vector<std::string>{"null", "c:\xC3\xBC"}));
}

TEST_F(CsvReaderTest, BytesThatAreNotUtf8) {
  Shape(2);
  const std::string padding(100, 'x');
  const SeenFile file = Read("1,\xC3\xA9\n" + padding + ",\xE9\n3,\"\xED\xA0\x80\"\n4,b\n");
  ASSERT_EQ(file.records.size(), 4u);
  EXPECT_EQ(file.records[0].values[1], "c:\xC3\xA9");
  EXPECT_EQ(file.records[1].damage, "encoding@101");
  EXPECT_EQ(file.records[2].damage, "encoding@3");
  EXPECT_EQ(file.records[3].damage, "");
  CsvDialect escaping;
  escaping.escape = '\\';
  for (size_t before = 55; before < 70; ++before) {  // the escaped byte on both sides of a block
    const std::string text = "\"" + std::string(before, 'x') + "\\\xFF\",2\n";
    EXPECT_EQ(Read(text, escaping).records[0].damage, "encoding@" + std::to_string(before + 2));
  }
}

TEST_F(CsvReaderTest, BlankLinesAndComments) {
  Shape(2);
  CsvDialect dialect;
  dialect.comment = '#';
  const SeenFile file = Read("#c \"1\"\n1,2\n\n   \n\r\n#\n 3,4\n#5,6", dialect);
  ASSERT_EQ(file.records.size(), 2u);
  EXPECT_EQ(file.records[1].values, (std::vector<std::string>{"c: 3", "c:4"}));
  EXPECT_EQ(file.records[1].line, 6);
  EXPECT_EQ(file.counts.blank_lines, 6);
  Shape(1);
  EXPECT_EQ(Read("  \n\nx\n").records.size(), 2u);  // of one column, blanks are a value
}

TEST_F(CsvReaderTest, BeyondTheLimitWhateverTheWindow) {
  Shape(2);
  limits_.max_record_bytes = 12;
  const std::string text = "123456,78901\n123456,789012\r\n\"1\n\n2\n3\n4\n5\n6\n7\",8\n1,2\n" +
                           std::string(30, 'x') + "\n3,4\n\"" + std::string(30, 'y') +
                           "\",1\n5,6\n" + std::string(20, ' ') + "\n7,\"" + std::string(3000, 'z');
  const SeenFile whole = Read(text);
  EXPECT_EQ(whole.records[0].damage, "");
  EXPECT_EQ(whole.records[1].damage, "too-long@0");
  EXPECT_EQ(whole.records[2].damage, "csv-quote@0");
  EXPECT_EQ(whole.records[2].bytes, "\"1");
  EXPECT_EQ(whole.records.back().damage, "too-long@0");
  EXPECT_EQ(whole.records.back().bytes.size(), 1024u);
  const std::string open_to_the_end = "\"mll\n#\null\n\n";  // just as long as may be looked at
  for (size_t window = 1; window < 40; ++window) {
    limits_.max_record_bytes = static_cast<int64_t>(open_to_the_end.size()) - 2;
    ExpectSame(Read(open_to_the_end, {}, {}, window), Read(open_to_the_end), "open to the end");
    limits_.max_record_bytes = 12;
    ExpectSame(Read(text, {}, {}, window), whole, "window " + std::to_string(window));
  }
}

}  // namespace
}  // namespace lakegate
