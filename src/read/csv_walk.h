// The hot half of the CSV reader: takes a row apart whose cells stand in the text as they are.
// Doubled quotes, escapes, comments, blank lines, wrong widths and whatever is damaged it leaves to
// CsvTokenizer, which says exactly what is wrong.
//
// Compiled twice, for SSE2 and for AVX2 (csv_walk_avx2.cc).
#pragma once

#include <cstdint>
#include <vector>

#include "read/raw_record.h"

namespace lakegate {

// One walker's state. Of the 64 bytes at `block` those are known that end plain text: delimiters,
// quotes, escapes, '\n'. They are taken one by one, over the ends of rows.
struct CsvWalkState {
  char delimiter = ',';
  char quote = '"';    // '\n': none
  char escape = '\n';  // '\n': none
  bool multiline = true;
  bool empty_is_null = true;
  std::vector<uint32_t> slots;   // of each cell, in values
  std::vector<RawValue> values;  // kind, data and size are written

  const char* block = nullptr;
  uint64_t specials = 0;    // behind the last one that was taken
  uint64_t block_high = 0;  // bytes >= 0x80
  uint64_t high = 0;        // not 0: one of them may be in the row
  int64_t line_ends = 0;    // inside of quoted cells

  // Rows may start anywhere: call this when the next one is not where the last one ended, or when
  // the text has changed.
  void Forget() { block = nullptr; }
};

// The row at `at`. A '\n' must stand at `end`, and 64 bytes behind that must be readable. Returns
// where the row's '\n' is, which may be `end`; null: the row is CsvTokenizer's. UTF-8 is not
// checked (see `high`).
const char* WalkRowSse2(CsvWalkState* state, const char* at, const char* end);
const char* WalkRowAvx2(CsvWalkState* state, const char* at, const char* end);

}  // namespace lakegate
