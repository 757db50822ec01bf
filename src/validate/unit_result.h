// What one unit of a file turned into. Made by one worker, consumed by the ordered commit.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/action.h"
#include "core/byte_buffer.h"
#include "core/column_buffer.h"
#include "core/reason.h"
#include "core/text_pool.h"
#include "read/record_sink.h"

namespace lakegate {

// One rule violated by one record. `rule` is the promise's id, or the code's name for structure.
struct Reason {
  int rule = -1;  // index into CheckPlan::rules; -1: the structure of the record
  ReasonCode code = ReasonCode::kJsonSyntax;
  std::string field;    // dotted path with item numbers: "items[2].sku"; empty: the record
  std::string value;    // as JSON text; empty: no value
  std::string message;  // what was expected
};

// A record with reasons. Offsets are absolute in the file; line and record count from 0 within the
// unit until the commit makes them absolute.
struct ReasonedRecord {
  int64_t offset = 0;
  int64_t length = 0;
  int64_t line = 0;
  int64_t record = 0;
  // The original bytes, in UnitResult::reject_texts; of a too-long record only the first ones.
  std::string_view bytes;
  std::vector<Reason> reasons;  // empty where the index text has them and nobody else asks
  size_t index_begin = 0;       // in UnitResult::index_text
  size_t index_size = 0;        // 0: it is not made yet
  bool is_utf8 = false;         // the bytes are known to be
};

// What the commit needs to set aside a record that the checks accepted.
struct KeptRecord {
  int64_t offset = 0;
  int64_t length = 0;
  int64_t line = 0;
  size_t bytes_end = 0;  // in UnitResult::kept_bytes
  size_t clean_end = 0;  // in UnitResult::clean
  bool accepted = false;
};

// How often each key that the contract does not know was there.
using UnknownKeys = std::map<std::string, int64_t, std::less<>>;

inline constexpr size_t kMaxWarnSamples = 100;   // per unit and per run
inline constexpr size_t kMaxUnknownKeys = 1000;  // distinct names counted one by one
inline constexpr size_t kMaxReasonsPerRecord = 100;
inline constexpr int64_t kMaxPartRecords = 32'768;  // of a result

struct UnitResult {
  UnitCounts counts;
  int64_t records = 0;
  int64_t accepted = 0;
  int64_t accepted_bytes = 0;
  int64_t quarantined_bytes = 0;
  std::vector<int64_t> rule_violations;       // records per rule of the plan
  std::vector<int64_t> structure_violations;  // records per ReasonCode, structure only
  std::vector<ReasonedRecord> rejects;        // in input order
  TextPool reject_texts;                      // what they borrow from
  size_t reject_bytes = 0;  // what they take in memory with all reasons, without the index text
  ByteBuffer index_text;    // of the rejects, if wanted: see RecordCheckerOptions::index_text
  std::vector<ReasonedRecord> warned;  // samples of published records, without bytes
  UnknownKeys unknown_keys;
  int64_t more_unknown_keys = 0;      // beyond kMaxUnknownKeys
  bool reject_file = false;           // a reject_file rule was violated
  std::vector<ColumnBuffer> columns;  // accepted values, if they are stored
  std::vector<int64_t> lines;  // parallel to the columns' rows, if wanted: from 0 in the unit
  ByteBuffer clean;            // accepted records as NDJSON lines, if wanted
  // Only if records may still be set aside at the commit (keep_records):
  std::vector<KeptRecord> kept;  // every record, in input order
  ByteBuffer kept_bytes;         // their original bytes, one after the other

  // What the content takes in memory, about.
  size_t bytes() const;
  // Ready for the next unit; keeps the memory.
  void Clear();
};

}  // namespace lakegate
