// Reads a text with a RecordReader in one go, or unit by unit as the ordered commit does.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "read/line_cursor.h"
#include "read/record_reader.h"
#include "tests/support/seen_records.h"

namespace lakegate {

struct SeenFile {
  std::vector<SeenRecord> records;
  UnitCounts counts;   // summed up
  int64_t reread = 0;  // units that had to be read again
  int64_t data_bytes() const {
    int64_t bytes = counts.skipped_bytes + counts.line_end_bytes;
    for (const SeenRecord& record : records) bytes += record.length;
    return bytes;
  }
};

inline UnitCounts ReadOneUnit(RecordReader* reader, std::string_view text, int64_t begin,
                              int64_t stop, bool align, size_t window_bytes, SeenRecords* seen) {
  WindowBuffer window(window_bytes);
  TextSource source(text.substr(static_cast<size_t>(begin)));
  window.Start(&source, begin);
  if (align) {
    EXPECT_TRUE(SkipLine(&window).has_value());
  }
  auto counts = reader->ReadUnit(&window, stop, seen);
  EXPECT_TRUE(counts.has_value());
  return counts.has_value() ? *counts : UnitCounts{};
}

// `cuts`: where units end, ascending; the last unit ends with the text.
inline SeenFile ReadInUnits(RecordReader* reader, std::string_view text,
                            const std::vector<int64_t>& cuts, size_t window_bytes) {
  SeenFile file;
  int64_t begin = 0;
  int64_t expected = 0;
  for (size_t unit = 0; unit <= cuts.size(); ++unit) {
    const auto size = static_cast<int64_t>(text.size());
    const int64_t stop = unit < cuts.size() ? cuts[unit] : size;
    SeenRecords seen;
    seen.line_base = file.counts.lines;
    UnitCounts counts =
        ReadOneUnit(reader, text, unit ? begin - 1 : 0, stop, unit > 0, window_bytes, &seen);
    if (counts.first_offset != expected) {
      ++file.reread;
      seen.records.clear();
      counts = ReadOneUnit(reader, text, expected, stop, false, window_bytes, &seen);
    }
    EXPECT_EQ(counts.first_offset, expected);
    file.records.insert(file.records.end(), seen.records.begin(), seen.records.end());
    file.counts.lines += counts.lines;
    file.counts.blank_lines += counts.blank_lines;
    file.counts.skipped_bytes += counts.skipped_bytes;
    file.counts.line_end_bytes += counts.line_end_bytes;
    file.counts.end_offset = expected = counts.end_offset;
    begin = stop;
  }
  return file;
}

inline void ExpectSame(const SeenFile& a, const SeenFile& b, const std::string& what) {
  ASSERT_EQ(a.records.size(), b.records.size()) << what;
  for (size_t i = 0; i < a.records.size(); ++i) {
    const SeenRecord& x = a.records[i];
    const SeenRecord& y = b.records[i];
    EXPECT_EQ(x.offset, y.offset) << what << ", record " << i;
    EXPECT_EQ(x.bytes, y.bytes) << what << ", record " << i;
    EXPECT_EQ(x.damage, y.damage) << what << ", record " << i;
    ASSERT_TRUE(x == y) << what << ", record " << i << " line " << x.line << " and " << y.line;
  }
  EXPECT_EQ(a.counts.lines, b.counts.lines) << what;
  EXPECT_EQ(a.counts.blank_lines, b.counts.blank_lines) << what;
  EXPECT_EQ(a.counts.skipped_bytes, b.counts.skipped_bytes) << what;
  EXPECT_EQ(a.counts.line_end_bytes, b.counts.line_end_bytes) << what;
  EXPECT_EQ(a.counts.end_offset, b.counts.end_offset) << what;
}

}  // namespace lakegate
