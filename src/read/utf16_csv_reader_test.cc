// CSV in UTF-16 against the same text in UTF-8: values, and the bytes and offsets of the file.
#include "read/utf16_csv_reader.h"

#include <gtest/gtest.h>

#include <random>

#include "read/utf16_text.h"
#include "tests/support/made_plan.h"
#include "tests/support/read_in_units.h"
#include "tests/support/result_matchers.h"

namespace lakegate {
namespace {

constexpr TextEncoding kOrders[] = {TextEncoding::kUtf16Le, TextEncoding::kUtf16Be};

std::string Encode(const std::u16string& text, TextEncoding encoding) {
  std::string bytes;
  for (const char16_t unit : text) {
    const auto low = static_cast<char>(unit & 0xFF), high = static_cast<char>(unit >> 8);
    bytes += encoding == TextEncoding::kUtf16Le ? low : high;
    bytes += encoding == TextEncoding::kUtf16Le ? high : low;
  }
  return bytes;
}

// Of valid text only; written for this test.
std::string AsUtf8(const std::u16string& text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    uint32_t code = text[i];
    if (code >= 0xD800 && code < 0xDC00)
      code = 0x10000 + (code - 0xD800) * 0x400 + (text[++i] - 0xDC00);
    const int tails = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    const int marks[] = {0, 0xC0, 0xE0, 0xF0};
    bytes += static_cast<char>(marks[tails] | static_cast<int>(code >> (6 * tails)));
    for (int tail = tails - 1; tail >= 0; --tail) {
      bytes += static_cast<char>(0x80 | ((code >> (6 * tail)) & 0x3F));
    }
  }
  return bytes;
}

class Utf16CsvTest : public testing::Test {
 protected:
  Utf16CsvTest() {
    auto columns = std::make_shared<CsvColumns>();
    for (int i = 0; i < 2; ++i) {
      made_.Add(std::string(1, static_cast<char>('a' + i)));
      columns->field_of_cell.push_back(i);
    }
    columns_ = columns;
  }

  // In one window after the other, units as the commit of a stream has them.
  SeenFile Read(const std::string& bytes, TextEncoding encoding, size_t window_bytes,
                int64_t unit_bytes) {
    CsvDialect dialect;
    dialect.encoding = encoding;
    const auto reader = MakeUtf16CsvReader(made_.plan(), dialect, limits_, columns_, window_bytes);
    TextSource source(bytes);
    WindowBuffer window(window_bytes);
    window.Start(&source, 0);
    SeenFile file;
    SeenRecords seen;
    for (;;) {
      seen.line_base = file.counts.lines;
      const auto counts = reader->ReadUnit(&window, window.offset() + unit_bytes, &seen);
      EXPECT_TRUE(counts.has_value());
      if (!counts.has_value()) break;
      EXPECT_EQ(counts->first_offset, file.counts.end_offset);
      file.counts.lines += counts->lines;
      file.counts.blank_lines += counts->blank_lines;
      file.counts.skipped_bytes += counts->skipped_bytes;
      file.counts.line_end_bytes += counts->line_end_bytes;
      file.counts.end_offset = counts->end_offset;
      EXPECT_EQ(window.offset(), counts->end_offset);
      if (window.at_end() && window.unread().empty()) break;
    }
    file.records = seen.records;
    EXPECT_EQ(file.data_bytes(), static_cast<int64_t>(bytes.size()));
    for (const SeenRecord& record : file.records) {
      EXPECT_EQ(record.bytes, bytes.substr(static_cast<size_t>(record.offset),
                                           static_cast<size_t>(record.length)));
    }
    return file;
  }

  MadePlan made_;
  ReadLimits limits_;
  std::shared_ptr<const CsvColumns> columns_;
};

TEST_F(Utf16CsvTest, SaysWhatUtf8Says) {
  std::mt19937 random(3);
  const std::u16string pieces[] = {u"a",    u",",      u",",      u"\"",    u"\"\"",
                                   u"\n",   u"\r\n",   u"é",      u"ಠ",     u"😀",
                                   u"\n\n", u"\u0a0a", u"\u0d2c", u"x,y\n", u"\"q\n\",z\n"};
  int64_t records = 0;
  for (int i = 0; i < 3000 && !HasFailure(); ++i) {
    std::u16string text;
    for (size_t n = random() % 40; n > 0; --n) text += pieces[random() % std::size(pieces)];
    const std::string utf8 = AsUtf8(text);
    CsvDialect dialect;
    const auto reader = MakeCsvReader(made_.plan(), dialect, limits_, columns_);
    const SeenFile wanted = ReadInUnits(reader.get(), utf8, {}, 4096);
    const TextEncoding encoding = kOrders[random() % 2];
    const SeenFile file = Read(Encode(text, encoding), encoding, 1 + random() % 60,
                               static_cast<int64_t>(1 + random() % 200));
    ASSERT_EQ(file.records.size(), wanted.records.size()) << utf8;
    for (size_t k = 0; k < wanted.records.size(); ++k) {
      const SeenRecord& is = file.records[k];
      const SeenRecord& was = wanted.records[k];
      EXPECT_EQ(is.values, was.values) << utf8;
      EXPECT_EQ(is.line, was.line) << utf8;
      EXPECT_EQ(is.damage.substr(0, is.damage.find('@')),
                was.damage.substr(0, was.damage.find('@')));
      EXPECT_EQ(is.message, was.message);
      ++records;
    }
    EXPECT_EQ(file.counts.lines, wanted.counts.lines);
    EXPECT_EQ(file.counts.blank_lines, wanted.counts.blank_lines);
  }
  EXPECT_GT(records, 5000);
}

TEST_F(Utf16CsvTest, HalfAPairAndHalfAUnit) {
  for (const TextEncoding encoding : kOrders) {
    const std::u16string lone(1, char16_t{0xD83D}), trail(1, char16_t{0xDE00});
    const std::string bytes =
        Encode(u"1,é\n2," + lone + u"\n3," + trail + lone + u"\n4,😀\n5,b", encoding) + "x";
    for (size_t window = 1; window < 30; ++window) {
      const SeenFile file = Read(bytes, encoding, window, 7);
      ASSERT_EQ(file.records.size(), 5u);
      EXPECT_EQ(file.records[0].values[1], "c:é");
      EXPECT_EQ(file.records[1].damage, "encoding@4");
      EXPECT_EQ(file.records[2].damage, "encoding@4");
      EXPECT_EQ(file.records[3].values[1], "c:😀");
      EXPECT_EQ(file.records[4].damage, "encoding@6");
      EXPECT_EQ(file.records[4].length, 7);
    }
  }
}

TEST_F(Utf16CsvTest, LinesBeyondEveryLimit) {
  limits_.max_record_bytes = 100;
  const std::u16string text = u"1,2\n" + std::u16string(5000, u'x') + u"\n3,4\n";
  const SeenFile file = [&] {
    SeenFile seen;
    CsvDialect dialect;
    dialect.encoding = TextEncoding::kUtf16Le;
    const auto reader = MakeUtf16CsvReader(made_.plan(), dialect, limits_, columns_, 64);
    const std::string bytes = Encode(text, TextEncoding::kUtf16Le);
    TextSource source(bytes);
    WindowBuffer window(64);
    window.Start(&source, 0);
    SeenRecords records;
    EXPECT_TRUE(reader->ReadUnit(&window, 1'000'000, &records).has_value());
    seen.records = records.records;
    return seen;
  }();
  ASSERT_EQ(file.records.size(), 3u);
  EXPECT_EQ(file.records[1].damage, "too-long@0");
  EXPECT_EQ(file.records[1].offset, 8);
  EXPECT_EQ(file.records[1].length, 10'000);
  EXPECT_EQ(file.records[1].bytes.size(), 2048u);
  EXPECT_EQ(file.records[2].offset, 8 + 10'002);

  const std::string endless(100'000, 'x');
  TextSource source(endless);
  WindowBuffer window(64);
  window.Start(&source, 0);
  Utf16Text limited(&window, TextEncoding::kUtf16Le, 1000);
  std::string out(50'000, '\0');
  EXPECT_TRUE(IsError(limited.Read(out), ErrorCode::kInvalidData, "no line ends"));
}

TEST(ByteOrderOf, MarksAndZeros) {
  EXPECT_EQ(ByteOrderOf("\xFF\xFE"), TextEncoding::kUtf16Le);
  EXPECT_EQ(ByteOrderOf("\xFE\xFF"), TextEncoding::kUtf16Be);
  EXPECT_EQ(ByteOrderOf({"a\0", 2}), TextEncoding::kUtf16Le);
  EXPECT_EQ(ByteOrderOf({"\0a", 2}), TextEncoding::kUtf16Be);
  EXPECT_EQ(ByteOrderOf(""), TextEncoding::kUtf16Le);
}

TEST(ReadUtf16CsvPreamble, MarkAndHeader) {
  for (const TextEncoding encoding : kOrders) {
    const std::string bytes = Encode(u"\uFEFFné,\"b\n\"\r\n1,2", encoding);
    for (size_t size = 1; size < 40; ++size) {
      TextSource source(bytes);
      WindowBuffer window(size);
      window.Start(&source, 0);
      CsvDialect dialect;
      dialect.encoding = encoding;
      ASSERT_OK_AND_ASSIGN(const CsvPreamble preamble,
                           ReadUtf16CsvPreamble(&window, dialect, size));
      EXPECT_EQ(preamble.labels, (std::vector<std::string>{"né", "b\n"}));
      EXPECT_EQ(preamble.bytes, 2 + 2 * 9);
      EXPECT_EQ(window.offset(), 20);
      EXPECT_EQ(preamble.lines, 2);
    }
  }
}

}  // namespace
}  // namespace lakegate
