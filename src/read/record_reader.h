// Cuts the bytes of a file into records and delivers them, one unit at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "contract/check_plan.h"
#include "core/input_format.h"
#include "core/result.h"
#include "read/record_sink.h"
#include "read/window_buffer.h"

namespace lakegate {

// Which cell of a CSV row belongs to which field. Immutable.
struct CsvColumns {
  std::vector<int> field_of_cell;  // index into CheckPlan::fields, -1: not in the contract
};

// One per thread. ReadUnit delivers every record that starts before `stop_offset`, beginning at
// the window's first unread byte, which must be the start of a record; or fewer, if the sink is
// full.
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  virtual Result<UnitCounts> ReadUnit(WindowBuffer* window, int64_t stop_offset,
                                      RecordSink* sink) = 0;
};

// Borrows the plan.
std::unique_ptr<RecordReader> MakeNdjsonReader(const CheckPlan& plan, const ReadLimits& limits);
std::unique_ptr<RecordReader> MakeCsvReader(const CheckPlan& plan, const CsvDialect& dialect,
                                            const ReadLimits& limits,
                                            std::shared_ptr<const CsvColumns> columns);

}  // namespace lakegate
