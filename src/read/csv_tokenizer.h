// One CSV record (RFC 4180 with a dialect) from bytes in memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/input_format.h"
#include "read/raw_record.h"
#include "read/text_arena.h"

namespace lakegate {

// One per thread. The bytes behind `end` must be readable for kWindowPadding.
class CsvTokenizer {
 public:
  explicit CsvTokenizer(const CsvDialect& dialect) : dialect_(dialect) {}

  enum class Outcome {
    kRecord,
    kNeedMore,    // the record may go on behind `end`: call again with more bytes
    kStrayQuote,  // see trouble(); the record ends with its first physical line
    kOpenQuote,   // a quoted cell is not closed; likewise
  };

  // Reads the record that starts at `begin`; `at_end`: nothing follows `end`.
  Outcome Read(const char* begin, const char* end, bool at_end);

  const std::vector<RawValue>& cells() const { return cells_; }  // valid until the next Read
  const char* record_end() const { return record_end_; }         // without the line end
  const char* next() const { return next_; }                     // behind the line end
  int64_t line_ends() const { return line_ends_; }               // in [begin, next)
  bool has_high_bytes() const { return high_ != 0; }             // may be true without one
  const char* trouble() const { return trouble_; }

 private:
  const char* FindSpecial(const char* at);
  bool IsEscape(char c) const { return dialect_.escape && c == *dialect_.escape; }
  void LoadBlock(const char* at);
  Outcome QuotedCell(const char** at);
  Outcome Damaged(Outcome outcome, const char* where);
  void EndOfLine(const char* newline);

  const CsvDialect dialect_;
  const char* begin_ = nullptr;
  const char* end_ = nullptr;
  bool at_end_ = false;
  const char* block_ = nullptr;  // of the 64 bytes that mask_ describes
  uint64_t mask_ = 0;
  uint64_t high_ = 0;
  std::vector<RawValue> cells_;
  TextArena unquoted_;
  const char* record_end_ = nullptr;
  const char* next_ = nullptr;
  const char* trouble_ = nullptr;
  const char* spanning_ = nullptr;  // the quote whose cell holds the record's first line end
  int64_t line_ends_ = 0;
};

}  // namespace lakegate
