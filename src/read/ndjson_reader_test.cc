// Lines, windows and units of NDJSON. What a line says is the walker's business.
#include <gtest/gtest.h>

#include <random>

#include "tests/support/made_plan.h"
#include "tests/support/read_in_units.h"
#include "tests/support/result_matchers.h"

namespace lakegate {
namespace {

class NdjsonReaderTest : public testing::Test {
 protected:
  NdjsonReaderTest() { made_.Add("a"); }

  SeenFile Read(std::string_view text, const std::vector<int64_t>& cuts = {},
                size_t window_bytes = kDefaultWindowBytes) {
    const auto reader = MakeNdjsonReader(made_.plan(), limits_);
    SeenFile file = ReadInUnits(reader.get(), text, cuts, window_bytes);
    EXPECT_EQ(file.data_bytes(), static_cast<int64_t>(text.size()));
    EXPECT_EQ(file.counts.end_offset, static_cast<int64_t>(text.size()));
    return file;
  }

  MadePlan made_;
  ReadLimits limits_;
};

// Every kind of line end and line that may stand in a file.
std::string MixedText() {
  return "{\"a\":\"1\"}\n"
         "\n"
         "{\"a\":\"22\"}\r\n"
         " \t \r\n"
         "broken\n"
         "{\"a\":\"x\ry\"}\n"
         "{\"a\":1}\r{\"a\":2}\n"
         "\r\n"
         "{\"a\":\"" +
         std::string(90, 'z') +
         "\"}\n"
         "{\"a\":\"caf\xC3\xA9\"}\n"
         "\xEF\xBB\xBF{}\n"
         "{}\r\r\n"
         "{\"a\":\"last\"}";
}

TEST_F(NdjsonReaderTest, LinesOffsetsAndCounts) {
  const SeenFile file = Read("{\"a\":\"1\"}\n\n \r\n{\"a\":2}\r\nx\n{}");
  ASSERT_EQ(file.records.size(), 4u);
  EXPECT_EQ(file.records[0].values, std::vector<std::string>{"s:1"});
  EXPECT_EQ(file.records[1].offset, 14);
  EXPECT_EQ(file.records[1].length, 7);
  EXPECT_EQ(file.records[1].line, 3);
  EXPECT_EQ(file.records[1].values, std::vector<std::string>{"#2"});
  EXPECT_EQ(file.records[2].damage, "json-syntax@0");
  EXPECT_EQ(file.records[3].line, 5);
  EXPECT_EQ(file.records[3].values, std::vector<std::string>{"-"});
  EXPECT_EQ(file.counts.lines, 6);
  EXPECT_EQ(file.counts.blank_lines, 2);
  EXPECT_EQ(file.counts.skipped_bytes, 4);
  EXPECT_EQ(file.counts.line_end_bytes, 1 + 2 + 1);
}

TEST_F(NdjsonReaderTest, ALoneCarriageReturnEndsNoLine) {
  const SeenFile file = Read("{\"a\":1}\r{\"a\":2}\n{}\r");
  ASSERT_EQ(file.records.size(), 2u);
  EXPECT_EQ(file.records[0].damage, "json-syntax@8");
  EXPECT_EQ(file.records[1].bytes, "{}\r");  // no line end follows, so it belongs to the record
  EXPECT_EQ(file.records[1].damage, "");
}

TEST_F(NdjsonReaderTest, EmptyAndBlankFiles) {
  EXPECT_TRUE(Read("").records.empty());
  EXPECT_EQ(Read("\n\n\r\n").counts.blank_lines, 3);
  EXPECT_EQ(Read("  ").counts.skipped_bytes, 2);
}

TEST_F(NdjsonReaderTest, WindowsOfEverySize) {
  const std::string text = MixedText();
  const SeenFile whole = Read(text);
  EXPECT_EQ(whole.records.size(), 10u);
  for (size_t window = 1; window <= 64; ++window) {
    ExpectSame(Read(text, {}, window), whole, "window " + std::to_string(window));
  }
  ExpectSame(Read(text, {}, 4096), whole, "window 4096");
}

TEST_F(NdjsonReaderTest, UnitsCutAnywhere) {
  const std::string text = MixedText();
  const SeenFile whole = Read(text);
  const auto size = static_cast<int64_t>(text.size());
  for (int64_t cut = 1; cut < size; ++cut) {
    const SeenFile cut_once = Read(text, {cut}, 16);
    EXPECT_EQ(cut_once.reread, 0);
    ExpectSame(cut_once, whole, "cut at " + std::to_string(cut));
  }
  for (int64_t step = 1; step < 40; ++step) {
    std::vector<int64_t> cuts;
    for (int64_t at = step; at < size; at += step) cuts.push_back(at);
    ExpectSame(Read(text, cuts, 7), whole, "units of " + std::to_string(step));
  }
}

TEST_F(NdjsonReaderTest, RandomTexts) {
  std::mt19937 random(11);
  const std::string pieces[] = {"{}", "{\"a\":1}", "\n", "\r\n", "\r", " ", "x", "\"", "\n\n"};
  limits_.max_record_bytes = 9;
  for (int i = 0; i < 3000 && !HasFailure(); ++i) {
    std::string text;
    for (size_t n = random() % 30; n > 0; --n) text += pieces[random() % std::size(pieces)];
    const SeenFile whole = Read(text);
    std::vector<int64_t> cuts;
    for (size_t at = 1; at < text.size(); at += 1 + random() % 12) {
      cuts.push_back(static_cast<int64_t>(at));
    }
    ExpectSame(Read(text, cuts, 1 + random() % 9), whole, text);
  }
}

TEST_F(NdjsonReaderTest, TooLongLinesLeaveTheirNeighboursAlone) {
  limits_.max_record_bytes = 20;
  const std::string exact = "{\"a\":\"" + std::string(12, 'e') + "\"}";
  ASSERT_EQ(exact.size(), 20u);
  const std::string long_line = "{\"a\":\"" + std::string(3000, 'l') + "\"}";
  const std::string blanks(25, ' ');
  const std::string text = "{\"a\":\"1\"}\n" + long_line + "\r\n" + exact + "\r\n" + exact + "x\n" +
                           blanks + "\n{\"a\":\"2\"}\n" + long_line;
  const SeenFile whole = Read(text);
  ASSERT_EQ(whole.records.size(), 7u);
  EXPECT_EQ(whole.records[0].damage, "");
  EXPECT_EQ(whole.records[1].damage, "too-long@0");
  EXPECT_EQ(whole.records[1].length, static_cast<int64_t>(long_line.size()));
  EXPECT_EQ(whole.records[1].bytes, long_line.substr(0, 1024));
  EXPECT_EQ(whole.records[2].damage, "");
  EXPECT_EQ(whole.records[3].damage, "too-long@0");
  EXPECT_EQ(whole.records[4].damage, "too-long@0");  // blanks beyond the limit are no blank line
  EXPECT_EQ(whole.records[5].values, std::vector<std::string>{"s:2"});
  EXPECT_EQ(whole.records[6].length, static_cast<int64_t>(long_line.size()));
  for (const size_t window : {1, 2, 3, 5, 16, 19, 20, 21, 22, 23, 64, 1000, 1030}) {
    ExpectSame(Read(text, {}, window), whole, "window " + std::to_string(window));
    ExpectSame(Read(text, {12, 30, 900, 3050, 3100}, window), whole, "units");
  }
}

TEST(WindowBuffer, ByteOrderMarkOnlyAtTheStart) {
  for (const size_t window_bytes : {1, 2, 3, 100}) {
    WindowBuffer window(window_bytes);
    TextSource source("\xEF\xBB\xBF{}");
    window.Start(&source, 0);
    ASSERT_OK_AND_ASSIGN(const int64_t mark, SkipByteOrderMark(&window));
    EXPECT_EQ(mark, 3);
    EXPECT_EQ(window.offset(), 3);
    TextSource half("\xEF\xBB");
    window.Start(&half, 0);
    ASSERT_OK_AND_ASSIGN(const int64_t none, SkipByteOrderMark(&window));
    EXPECT_EQ(none, 0);
    EXPECT_EQ(window.unread(), "\xEF\xBB");
  }
}

}  // namespace
}  // namespace lakegate
