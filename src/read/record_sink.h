// Where a reader delivers the records of one unit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/reason.h"
#include "read/raw_record.h"

namespace lakegate {

// Where a record stands. Bytes exclude the line end.
struct RecordSpan {
  std::string_view bytes;  // borrowed; for kTooLong only the first ones
  int64_t offset = 0;      // of the first byte in the file (after decompression)
  int64_t length = 0;      // in the file; larger than bytes.size() only for kTooLong
  int64_t line = 0;        // physical line, counted from 0 within the unit
};

// Why a record's structure could not be read.
struct Damage {
  ReasonCode code = ReasonCode::kJsonSyntax;
  int64_t column = 0;   // byte offset of the trouble within the record
  std::string message;  // what was found and what was expected
  std::string field;    // e.g. the repeated key; may be empty
};

class RecordSink {
 public:
  virtual ~RecordSink() = default;
  // Takes no more of this unit; what was delivered counts. Looked at after each record.
  bool is_full() const { return is_full_; }
  virtual void OnRecord(const RecordSpan& span, const RawRecord& record) = 0;
  virtual void OnDamaged(const RecordSpan& span, Damage damage) = 0;
  // False: column and message of a damage may be left out, they are not looked at.
  virtual bool WantsWords() const { return true; }

 protected:
  bool is_full_ = false;
};

// What else a unit consisted of. All in bytes, but blank_lines and lines.
struct UnitCounts {
  int64_t first_offset = 0;    // where the unit's first record started (or would have)
  int64_t end_offset = 0;      // where the next unit's first record starts
  int64_t lines = 0;           // physical lines that ended in [first_offset, end_offset)
  int64_t blank_lines = 0;     // lines without a record: blank, and CSV comments
  int64_t skipped_bytes = 0;   // blank lines, comments and BOM
  int64_t line_end_bytes = 0;  // the line ends behind records
};

}  // namespace lakegate
